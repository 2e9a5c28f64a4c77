namespace Devices.Iommufd;

internal struct iommu_hwpt_vtd_s1
{
    public ulong flags;
    public ulong pgtbl_addr;
    public uint addr_width;
    public uint __reserved;
}
