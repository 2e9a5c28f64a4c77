using Devices.Linux;

namespace Devices.Vfio;

internal struct vfio_precopy_info : IIoctl
{
    public uint argsz;
    public uint flags;
    public ulong initial_bytes;
    public ulong dirty_bytes;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 21);

    public static string Name => "VFIO_MIG_GET_PRECOPY_INFO";
}
