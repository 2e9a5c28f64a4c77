namespace Devices.Iommufd;

[Flags]
internal enum iommufd_hwpt_set_dirty_tracking_flags : uint
{
    IOMMU_HWPT_DIRTY_TRACKING_ENABLE = 1,
}
