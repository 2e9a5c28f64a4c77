namespace Devices.Vfio;

internal struct vfio_device_info_cap_pci_atomic_comp
{
    public vfio_info_cap_header header;
    public uint flags;
    public uint reserved;
}
