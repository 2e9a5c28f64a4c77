using Devices.Linux;

namespace Devices.Vfio;

internal struct vfio_device_bind_iommufd : IIoctl
{
    public uint argsz;
    public uint flags;
    public int iommufd;
    public uint out_devid;
    public ulong token_uuid_ptr;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 18);

    public static string Name => "VFIO_DEVICE_BIND_IOMMUFD";
}
