namespace Devices.Iommufd;

/// <summary>
/// The kind of a vIOMMU (<c>enum iommu_viommu_type</c>). Other values are given to the kernel as they are, for IOMMUs newer than this library.
/// </summary>
public enum ViommuType : uint
{
    /// <summary>None: the kernel's value for future use.</summary>
    None = 0,
    /// <summary>ARM SMMUv3.</summary>
    ArmSmmuv3 = 1,
    /// <summary>ARM SMMUv3 with NVIDIA's Tegra241 CMDQV.</summary>
    Tegra241Cmdqv = 2,
}
