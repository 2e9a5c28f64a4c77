namespace Devices.Iommufd;

[Flags]
internal enum iommu_hwpt_pgfault_flags : uint
{
    IOMMU_PGFAULT_FLAGS_PASID_VALID = 1 << 0,
    IOMMU_PGFAULT_FLAGS_LAST_PAGE = 1 << 1,
}
