namespace Devices.Iommufd;

internal struct iommu_hwpt_vtd_s1_invalidate
{
    public ulong addr;
    public ulong npages;
    public uint flags;
    public uint __reserved;
}
