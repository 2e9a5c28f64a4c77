using Devices.Pci;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>What one device supports, as VFIO says it.</summary>
/// <param name="Address">Domain:bus:device.function.</param>
/// <param name="BackEnd">How it was opened.</param>
/// <param name="Reset">Whether it can be reset alone.</param>
/// <param name="Interrupts">How many vectors of each kind it has; kinds without any are left out.</param>
/// <param name="Features">VFIO's features.</param>
/// <param name="Iommu">The IOMMU before it; null where the back end does not tell.</param>
internal sealed record DeviceProbeResult(
    string Address,
    string BackEnd,
    bool Reset,
    IReadOnlyList<InterruptCount> Interrupts,
    IReadOnlyList<FeatureResult> Features,
    IommuProbeResult? Iommu)
{
    /// <summary>Opens the device, asks it, and closes it.</summary>
    internal static DeviceProbeResult Of(PciFunction function)
    {
        using var iommu = VfioIommu.Open();
        using var device = iommu.Attach(function).Device;
        return new DeviceProbeResult(
            function.Address.ToString(),
            KernelProbe.NameOf(iommu.Mode),
            device.SupportsReset,
            InterruptCount.Of(device.Interrupts),
            [.. Enum.GetValues<VfioFeature>().Select(feature => FeatureResult.Of(device, feature))],
            device is IommufdDevice { IommufdDeviceId: { } id } bound ? IommuProbeResult.Of(bound.Context.ReadHardwareInfo(id)) : null);
    }
}
