namespace Devices.Iommufd;

[Flags]
internal enum iommufd_ioas_map_flags : uint
{
    IOMMU_IOAS_MAP_FIXED_IOVA = 1 << 0,
    IOMMU_IOAS_MAP_WRITEABLE = 1 << 1,
    IOMMU_IOAS_MAP_READABLE = 1 << 2,
}
