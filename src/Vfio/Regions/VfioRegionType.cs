namespace Devices.Vfio;

/// <summary>What a device-specific region is (<c>VFIO_REGION_INFO_CAP_TYPE</c>).</summary>
/// <param name="Type">The type; with bit 31 a PCI vendor's, whose id is in the low 16 bits.</param>
/// <param name="Subtype">The type's own number.</param>
public readonly record struct VfioRegionType(uint Type, uint Subtype)
{
    /// <summary>The PCI vendor whose type it is; null if it is one of VFIO's own (<c>VFIO_REGION_TYPE_PCI_VENDOR_TYPE</c>).</summary>
    public ushort? VendorId => ((int)Type & VfioConstants.VFIO_REGION_TYPE_PCI_VENDOR_TYPE) != 0
        ? (ushort)(Type & VfioConstants.VFIO_REGION_TYPE_PCI_VENDOR_MASK)
        : null;
}
