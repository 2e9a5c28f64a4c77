namespace Devices.Iommufd;

internal enum iommufd_vfio_ioas_op : ushort
{
    IOMMU_VFIO_IOAS_GET = 0,
    IOMMU_VFIO_IOAS_SET = 1,
    IOMMU_VFIO_IOAS_CLEAR = 2,
}
