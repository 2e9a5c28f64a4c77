namespace Devices.Iommufd;

/// <summary>
/// The form of invalidation requests (<c>enum iommu_hwpt_invalidate_data_type</c>). Other values are given to the kernel as they are, for
/// IOMMUs newer than this library.
/// </summary>
public enum InvalidationType : uint
{
    /// <summary>VT-d, first stage (<c>IOMMU_HWPT_INVALIDATE_DATA_VTD_S1</c>): for a <see cref="NestedHwpt"/>.</summary>
    VtdStage1 = 0,
    /// <summary>Commands of an ARM SMMUv3 (<c>IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3</c>): for a <see cref="Viommu"/>.</summary>
    ArmSmmuv3 = 1,
}
