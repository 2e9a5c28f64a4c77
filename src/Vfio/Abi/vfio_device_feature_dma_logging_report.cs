namespace Devices.Vfio;

internal struct vfio_device_feature_dma_logging_report
{
    public ulong iova;
    public ulong length;
    public ulong page_size;
    public ulong bitmap;
}
