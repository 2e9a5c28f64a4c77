namespace Devices.Vfio;

internal struct vfio_region_info_cap_type
{
    public vfio_info_cap_header header;
    public uint type;
    public uint subtype;
}
