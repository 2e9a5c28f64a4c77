namespace Devices.Iommufd;

/// <summary>Attributes of a VT-d first-stage page table (<c>enum iommu_hwpt_vtd_s1_flags</c>).</summary>
[Flags]
public enum VtdStage1Flags
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>Supervisor requests are allowed (<c>IOMMU_VTD_S1_SRE</c>).</summary>
    SupervisorRequests = 1 << 0,
    /// <summary>The extended accessed bit is kept (<c>IOMMU_VTD_S1_EAFE</c>).</summary>
    ExtendedAccess = 1 << 1,
    /// <summary>Write protection holds for supervisor requests too (<c>IOMMU_VTD_S1_WPE</c>).</summary>
    WriteProtect = 1 << 2,
}
