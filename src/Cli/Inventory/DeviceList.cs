namespace Devices.Cli;

/// <summary>What <c>devkeep list</c> gathers.</summary>
/// <param name="Devices">In order of address.</param>
internal sealed record DeviceList(IReadOnlyList<DeviceSummary> Devices);
