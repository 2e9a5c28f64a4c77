using Devices.Linux;

namespace Devices.Vfio;

internal struct vfio_irq_set : IIoctl
{
    public uint argsz;
    public uint flags;
    public uint index;
    public uint start;
    public uint count;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 10);

    public static string Name => "VFIO_DEVICE_SET_IRQS";
}
