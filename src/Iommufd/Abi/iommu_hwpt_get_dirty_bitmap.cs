using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_hwpt_get_dirty_bitmap : IIoctl
{
    public uint size;
    public uint hwpt_id;
    public uint flags;
    public uint __reserved;
    public ulong iova;
    public ulong length;
    public ulong page_size;
    public ulong data;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x8c);

    public static string Name => "IOMMU_HWPT_GET_DIRTY_BITMAP";
}
