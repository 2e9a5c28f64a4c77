namespace Devices.Iommufd;

[Flags]
internal enum iommu_hw_info_vtd_flags : uint
{
    IOMMU_HW_INFO_VTD_ERRATA_772415_SPR17 = 1 << 0,
}
