namespace Devices.Vfio;

internal struct vfio_bitmap
{
    public ulong pgsize;
    public ulong size;
    public ulong data;
}
