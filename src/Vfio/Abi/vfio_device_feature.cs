using Devices.Linux;

namespace Devices.Vfio;

// What a feature exchanges (data[]) follows.
internal struct vfio_device_feature : IIoctl
{
    public uint argsz;
    public uint flags;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 17);

    public static string Name => "VFIO_DEVICE_FEATURE";
}
