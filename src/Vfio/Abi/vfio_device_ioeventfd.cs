using Devices.Linux;

namespace Devices.Vfio;

internal struct vfio_device_ioeventfd : IIoctl
{
    public uint argsz;
    public uint flags;
    public ulong offset;
    public ulong data;
    public int fd;
    public uint reserved;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 16);

    public static string Name => "VFIO_DEVICE_IOEVENTFD";
}
