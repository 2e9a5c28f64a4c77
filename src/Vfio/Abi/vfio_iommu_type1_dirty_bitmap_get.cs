namespace Devices.Vfio;

internal struct vfio_iommu_type1_dirty_bitmap_get
{
    public ulong iova;
    public ulong size;
    public vfio_bitmap bitmap;
}
