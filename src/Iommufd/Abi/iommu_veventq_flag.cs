namespace Devices.Iommufd;

[Flags]
internal enum iommu_veventq_flag : uint
{
    IOMMU_VEVENTQ_FLAG_LOST_EVENTS = 1 << 0,
}
