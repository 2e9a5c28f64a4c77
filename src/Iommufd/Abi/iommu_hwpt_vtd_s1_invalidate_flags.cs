namespace Devices.Iommufd;

[Flags]
internal enum iommu_hwpt_vtd_s1_invalidate_flags : uint
{
    IOMMU_VTD_INV_FLAGS_LEAF = 1 << 0,
}
