namespace Devices.Vfio;

internal struct vfio_info_cap_header
{
    public ushort id;
    public ushort version;
    public uint next;
}
