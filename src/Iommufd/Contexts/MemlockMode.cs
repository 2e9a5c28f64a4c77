namespace Devices.Iommufd;

/// <summary>How pinned memory counts against <c>RLIMIT_MEMLOCK</c> (<c>IOMMU_OPTION_RLIMIT_MODE</c>).</summary>
public enum MemlockMode
{
    /// <summary>By user, the kernel's default: all processes of a user share the limit.</summary>
    User = 0,
    /// <summary>By process, as VFIO's type1 containers count.</summary>
    Process = 1,
}
