namespace Devices.Iommufd;

[Flags]
internal enum iommufd_hw_info_flags : uint
{
    IOMMU_HW_INFO_FLAG_INPUT_TYPE = 1 << 0,
}
