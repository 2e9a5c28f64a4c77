namespace Devices.Vfio;

internal struct vfio_region_dma_range
{
    public ulong offset;
    public ulong length;
}
