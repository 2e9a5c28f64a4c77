namespace Devices.Vfio;

internal struct vfio_device_feature_dma_logging_range
{
    public ulong iova;
    public ulong length;
}
