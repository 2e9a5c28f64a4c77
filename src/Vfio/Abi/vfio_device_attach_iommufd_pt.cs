using Devices.Linux;

namespace Devices.Vfio;

internal struct vfio_device_attach_iommufd_pt : IIoctl
{
    public uint argsz;
    public uint flags;
    public uint pt_id;
    public uint pasid;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 19);

    public static string Name => "VFIO_DEVICE_ATTACH_IOMMUFD_PT";
}
