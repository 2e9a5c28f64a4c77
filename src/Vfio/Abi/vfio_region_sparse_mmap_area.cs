namespace Devices.Vfio;

internal struct vfio_region_sparse_mmap_area
{
    public ulong offset;
    public ulong size;
}
