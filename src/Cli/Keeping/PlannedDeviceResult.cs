namespace Devices.Cli;

/// <summary>A device that an update would keep.</summary>
/// <param name="Address">The device.</param>
/// <param name="Tier"><c>cold</c>, <c>warm</c> or <c>live</c>.</param>
/// <param name="Limits">Why no higher one, a sentence each.</param>
/// <param name="Driver">The driver of devkeep's that would initialise it, or null.</param>
internal sealed record PlannedDeviceResult(string Address, string Tier, IReadOnlyList<string> Limits, string? Driver);
