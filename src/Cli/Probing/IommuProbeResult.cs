using Devices.Iommufd;

namespace Devices.Cli;

/// <summary>The IOMMU before a device.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Capabilities">What it can do for the device.</param>
/// <param name="PasidBits">How many bits the device's PASIDs may have; 0 if it cannot use any.</param>
internal sealed record IommuProbeResult(string Type, IReadOnlyList<string> Capabilities, int PasidBits)
{
    internal static IommuProbeResult Of(IommuHardwareInfo info) => new(
        info.Type.ToString(),
        [.. Enum.GetValues<IommuCapabilities>().Where(flag => flag != IommuCapabilities.None && info.Capabilities.HasFlag(flag)).Select(static flag => flag.ToString())],
        info.PasidBits);
}
