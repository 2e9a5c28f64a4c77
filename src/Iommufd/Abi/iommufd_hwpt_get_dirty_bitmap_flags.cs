namespace Devices.Iommufd;

[Flags]
internal enum iommufd_hwpt_get_dirty_bitmap_flags : uint
{
    IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR = 1,
}
