namespace Devices.Cli;

/// <summary>What <c>devkeep probe</c> gathers.</summary>
/// <param name="Release">The running kernel's.</param>
/// <param name="BackEnds">How VFIO's devices can be opened here, the best first: <c>iommufd</c>, <c>type1v2</c>, ...</param>
/// <param name="Interfaces">The kernel's interfaces, by part and then by age.</param>
/// <param name="Devices">Those that were asked for.</param>
internal sealed record ProbeResult(
    string Release,
    IReadOnlyList<string> BackEnds,
    IReadOnlyList<InterfaceResult> Interfaces,
    IReadOnlyList<DeviceProbeResult> Devices);
