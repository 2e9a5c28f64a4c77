namespace Devices.Iommufd;

internal struct iommu_hw_info_vtd
{
    public uint flags;
    public uint __reserved;
    public ulong cap_reg;
    public ulong ecap_reg;
}
