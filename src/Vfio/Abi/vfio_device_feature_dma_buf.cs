namespace Devices.Vfio;

// dma_ranges[] follow.
internal struct vfio_device_feature_dma_buf
{
    public uint region_index;
    public uint open_flags;
    public uint flags;
    public uint nr_ranges;
}
