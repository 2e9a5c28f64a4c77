namespace Devices.Cli;

/// <summary>A device of a process that an update would take along.</summary>
/// <param name="Address">The device.</param>
/// <param name="Tier"><c>cold</c>, <c>warm</c> or <c>live</c>.</param>
internal sealed record PlannedMemberDeviceResult(string Address, string Tier);
