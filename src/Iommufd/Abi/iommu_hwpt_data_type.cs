namespace Devices.Iommufd;

internal enum iommu_hwpt_data_type : uint
{
    IOMMU_HWPT_DATA_NONE = 0,
    IOMMU_HWPT_DATA_VTD_S1 = 1,
    IOMMU_HWPT_DATA_ARM_SMMUV3 = 2,
    IOMMU_HWPT_DATA_AMD_GUEST = 3,
}
