namespace Devices.Vfio;

internal struct vfio_device_feature_dma_logging_control
{
    public ulong page_size;
    public uint num_ranges;
    public uint __reserved;
    public ulong ranges;
}
