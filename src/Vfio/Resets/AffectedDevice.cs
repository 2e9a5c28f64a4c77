using Devices.Pci;

namespace Devices.Vfio;

/// <summary>A device that a hot reset would hit (<c>struct vfio_pci_dependent_device</c>).</summary>
/// <param name="Address">Its address.</param>
/// <param name="Ownership">Whether it is in the hands of who asks.</param>
/// <param name="IommufdDeviceId">Its id in the iommufd where it is <see cref="HotResetOwnership.Owned"/>, else null.</param>
/// <param name="IommuGroup">Its IOMMU group where it is <see cref="HotResetOwnership.ProvedByGroup"/>, else null.</param>
public sealed record AffectedDevice(PciAddress Address, HotResetOwnership Ownership, uint? IommufdDeviceId, uint? IommuGroup);
