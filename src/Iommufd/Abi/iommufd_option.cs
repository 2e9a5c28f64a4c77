namespace Devices.Iommufd;

internal enum iommufd_option : uint
{
    IOMMU_OPTION_RLIMIT_MODE = 0,
    IOMMU_OPTION_HUGE_PAGES = 1,
}
