using Devices.Linux;

namespace Devices.Vfio;

internal struct vfio_group_status : IIoctl
{
    public uint argsz;
    public uint flags;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 3);

    public static string Name => "VFIO_GROUP_GET_STATUS";
}
