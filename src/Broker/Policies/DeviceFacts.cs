using Devices.Pci;

namespace Devices.Broker;

/// <summary>What a policy knows a device by.</summary>
/// <param name="Address">Where it sits.</param>
/// <param name="Ids">Vendor and device; null where there is no device.</param>
/// <param name="IommuGroup">Its IOMMU group, or null.</param>
internal sealed record DeviceFacts(PciAddress Address, PciIds? Ids, int? IommuGroup)
{
    internal static DeviceFacts Of(PciFunction function) => new(function.Address, function.Ids, function.IommuGroup);
}
