using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_hwpt_alloc : IIoctl
{
    public uint size;
    public uint flags;
    public uint dev_id;
    public uint pt_id;
    public uint out_hwpt_id;
    public uint __reserved;
    public uint data_type;
    public uint data_len;
    public ulong data_uptr;
    public uint fault_id;
    public uint __reserved2;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x89);

    public static string Name => "IOMMU_HWPT_ALLOC";
}
