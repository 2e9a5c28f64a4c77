namespace Devices.Cli;

/// <summary>What <c>devkeep config read</c> found.</summary>
/// <param name="Address">Domain:bus:device.function.</param>
/// <param name="Source">The dump it is out of; null for a function of this host.</param>
/// <param name="Registers">In the order asked for.</param>
internal sealed record ConfigReadResult(string Address, string? Source, IReadOnlyList<RegisterValue> Registers);
