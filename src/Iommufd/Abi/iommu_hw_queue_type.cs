namespace Devices.Iommufd;

internal enum iommu_hw_queue_type : uint
{
    IOMMU_HW_QUEUE_TYPE_DEFAULT = 0,
    IOMMU_HW_QUEUE_TYPE_TEGRA241_CMDQV = 1,
}
