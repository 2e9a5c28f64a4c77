namespace Devices.Iommufd;

[Flags]
internal enum iommu_hw_info_arm_smmuv3_flags : uint
{
    IOMMU_HW_INFO_ARM_SMMUV3_ERRATA_REPEAT_TLBI_CFGI = 1 << 0,
}
