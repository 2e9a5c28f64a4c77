namespace Devices.Iommufd;

/// <summary>The kind of an IOMMU's data (<c>enum iommu_hw_info_type</c>). The kernel may give others than these.</summary>
public enum HardwareInfoType : uint
{
    /// <summary>Its driver gives none; asked for: what the driver chooses.</summary>
    None = 0,
    /// <summary>Intel VT-d: <see cref="VtdHardwareData"/>.</summary>
    IntelVtd = 1,
    /// <summary>ARM SMMUv3: <see cref="ArmSmmuv3HardwareData"/>.</summary>
    ArmSmmuv3 = 2,
    /// <summary>NVIDIA's Tegra241 CMDQV: <see cref="Tegra241CmdqvHardwareData"/>.</summary>
    Tegra241Cmdqv = 3,
    /// <summary>AMD: <see cref="AmdHardwareData"/>.</summary>
    Amd = 4,
}
