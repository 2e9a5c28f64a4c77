namespace Devices.Iommufd;

/// <summary>What a device wants to do with a page (PCIe 10.4.1; <c>enum iommu_hwpt_pgfault_perm</c>).</summary>
[Flags]
public enum PageFaultAccess
{
    /// <summary>Nothing: the end of a group that asks for no page.</summary>
    None = 0,
    /// <summary>Read it.</summary>
    Read = 1 << 0,
    /// <summary>Write it.</summary>
    Write = 1 << 1,
    /// <summary>Execute it; with a PASID only.</summary>
    Execute = 1 << 2,
    /// <summary>In privileged mode; with a PASID only.</summary>
    Privileged = 1 << 3,
}
