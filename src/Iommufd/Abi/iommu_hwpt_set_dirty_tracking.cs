using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_hwpt_set_dirty_tracking : IIoctl
{
    public uint size;
    public uint flags;
    public uint hwpt_id;
    public uint __reserved;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x8b);

    public static string Name => "IOMMU_HWPT_SET_DIRTY_TRACKING";
}
