namespace Devices.Iommufd;

/// <summary>What a device may do to mapped memory.</summary>
[Flags]
public enum DmaAccess
{
    /// <summary>The device may read it (<c>IOMMU_IOAS_MAP_READABLE</c>).</summary>
    Read = 1,
    /// <summary>The device may write it (<c>IOMMU_IOAS_MAP_WRITEABLE</c>).</summary>
    Write = 2,
    /// <summary>Both.</summary>
    ReadWrite = Read | Write,
}
