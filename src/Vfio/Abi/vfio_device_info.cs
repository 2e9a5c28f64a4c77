using Devices.Linux;

namespace Devices.Vfio;

internal struct vfio_device_info : IIoctl
{
    public uint argsz;
    public uint flags;
    public uint num_regions;
    public uint num_irqs;
    public uint cap_offset;
    public uint pad;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 7);

    public static string Name => "VFIO_DEVICE_GET_INFO";
}
