using Devices.Linux;

namespace Devices.Vfio;

internal struct vfio_region_info : IIoctl
{
    public uint argsz;
    public uint flags;
    public uint index;
    public uint cap_offset;
    public ulong size;
    public ulong offset;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 8);

    public static string Name => "VFIO_DEVICE_GET_REGION_INFO";
}
