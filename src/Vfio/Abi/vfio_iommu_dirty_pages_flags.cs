namespace Devices.Vfio;

// The kernel has these as macros of one flags word.
[Flags]
internal enum vfio_iommu_dirty_pages_flags : uint
{
    VFIO_IOMMU_DIRTY_PAGES_FLAG_START = 1 << 0,
    VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP = 1 << 1,
    VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP = 1 << 2,
}
