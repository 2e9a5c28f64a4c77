using Devices.Linux;

namespace Devices.Vfio;

internal struct vfio_irq_info : IIoctl
{
    public uint argsz;
    public uint flags;
    public uint index;
    public uint count;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 9);

    public static string Name => "VFIO_DEVICE_GET_IRQ_INFO";
}
