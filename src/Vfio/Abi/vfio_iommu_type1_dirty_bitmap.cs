using Devices.Linux;

namespace Devices.Vfio;

internal struct vfio_iommu_type1_dirty_bitmap : IIoctl
{
    public uint argsz;
    public uint flags;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 17);

    public static string Name => "VFIO_IOMMU_DIRTY_PAGES";
}
