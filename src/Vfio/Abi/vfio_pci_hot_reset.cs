using Devices.Linux;

namespace Devices.Vfio;

// group_fds[] follow.
internal struct vfio_pci_hot_reset : IIoctl
{
    public uint argsz;
    public uint flags;
    public uint count;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 13);

    public static string Name => "VFIO_DEVICE_PCI_HOT_RESET";
}
