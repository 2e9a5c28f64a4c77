namespace Devices.Iommufd;

internal enum iommu_hwpt_invalidate_data_type : uint
{
    IOMMU_HWPT_INVALIDATE_DATA_VTD_S1 = 0,
    IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3 = 1,
}
