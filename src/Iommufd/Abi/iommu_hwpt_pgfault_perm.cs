namespace Devices.Iommufd;

[Flags]
internal enum iommu_hwpt_pgfault_perm : uint
{
    IOMMU_PGFAULT_PERM_READ = 1 << 0,
    IOMMU_PGFAULT_PERM_WRITE = 1 << 1,
    IOMMU_PGFAULT_PERM_EXEC = 1 << 2,
    IOMMU_PGFAULT_PERM_PRIV = 1 << 3,
}
