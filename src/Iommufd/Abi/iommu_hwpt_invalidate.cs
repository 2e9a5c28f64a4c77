using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_hwpt_invalidate : IIoctl
{
    public uint size;
    public uint hwpt_id;
    public ulong data_uptr;
    public uint data_type;
    public uint entry_len;
    public uint entry_num;
    public uint __reserved;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x8d);

    public static string Name => "IOMMU_HWPT_INVALIDATE";
}
