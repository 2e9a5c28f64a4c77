namespace Devices.Vfio;

/// <summary>What can be done with a region (<c>VFIO_REGION_INFO_FLAG_*</c>).</summary>
[Flags]
public enum VfioRegionFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>It can be read.</summary>
    Read = 1 << 0,
    /// <summary>It can be written.</summary>
    Write = 1 << 1,
    /// <summary>It can be mapped.</summary>
    Mmap = 1 << 2,
    /// <summary>The info carries capabilities.</summary>
    Capabilities = 1 << 3,
}
