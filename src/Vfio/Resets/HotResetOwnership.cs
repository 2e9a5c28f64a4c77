namespace Devices.Vfio;

/// <summary>Whether a device that a hot reset would hit is in the hands of who asks for it.</summary>
public enum HotResetOwnership
{
    /// <summary>It is not, or cannot be told to be: bound to no VFIO driver, or to another iommufd (<c>VFIO_PCI_DEVID_NOT_OWNED</c>).</summary>
    NotOwned,
    /// <summary>It is bound to the same iommufd.</summary>
    Owned,
    /// <summary>It is unbound, but its IOMMU group is the asking iommufd's, so that nobody else can have it (<c>VFIO_PCI_DEVID_OWNED</c>).</summary>
    OwnedByGroup,
    /// <summary>For who holds its group: the device was opened by groups, and their descriptors are the proof.</summary>
    ProvedByGroup,
}
