using Devices.Linux;

namespace Devices.Vfio;

internal struct vfio_device_detach_iommufd_pt : IIoctl
{
    public uint argsz;
    public uint flags;
    public uint pasid;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 20);

    public static string Name => "VFIO_DEVICE_DETACH_IOMMUFD_PT";
}
