namespace Devices.Iommufd;

internal struct iommu_hwpt_pgfault
{
    public uint flags;
    public uint dev_id;
    public uint pasid;
    public uint grpid;
    public uint perm;
    public uint __reserved;
    public ulong addr;
    public uint length;
    public uint cookie;
}
