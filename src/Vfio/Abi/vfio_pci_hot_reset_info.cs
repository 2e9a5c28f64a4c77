using Devices.Linux;

namespace Devices.Vfio;

// devices[] follow.
internal struct vfio_pci_hot_reset_info : IIoctl
{
    public uint argsz;
    public uint flags;
    public uint count;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 12);

    public static string Name => "VFIO_DEVICE_GET_PCI_HOT_RESET_INFO";
}
