namespace Devices.Vfio;

/// <summary>What a device-specific region is (<c>VFIO_REGION_INFO_CAP_TYPE</c>).</summary>
/// <param name="Type">The type; with bit 31 a PCI vendor's, whose id is in the low 16 bits.</param>
/// <param name="Subtype">The type's own number.</param>
public readonly record struct VfioRegionType(uint Type, uint Subtype);
