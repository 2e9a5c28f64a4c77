namespace Devices.Iommufd;

[Flags]
internal enum iommu_hwpt_vtd_s1_flags : uint
{
    IOMMU_VTD_S1_SRE = 1 << 0,
    IOMMU_VTD_S1_EAFE = 1 << 1,
    IOMMU_VTD_S1_WPE = 1 << 2,
}
