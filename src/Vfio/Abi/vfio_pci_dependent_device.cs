using System.Runtime.InteropServices;

namespace Devices.Vfio;

[StructLayout(LayoutKind.Explicit, Size = 8)]
internal struct vfio_pci_dependent_device
{
    // A union: the group's id for a device opened by its group, the id in the iommufd for one opened by its character device.
    [FieldOffset(0)]
    public uint group_id;
    [FieldOffset(0)]
    public uint devid;
    [FieldOffset(4)]
    public ushort segment;
    [FieldOffset(6)]
    public byte bus;
    [FieldOffset(7)]
    public byte devfn;
}
