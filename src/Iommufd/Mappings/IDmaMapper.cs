using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>
/// What makes memory reachable for a device: an <see cref="Ioas"/>, or a legacy container of VFIO. Drivers take this, so that they
/// know neither and can be tested without an IOMMU.
/// </summary>
public interface IDmaMapper
{
    /// <summary>The IOVAs that can be mapped now, ascending. Each attached device may narrow them.</summary>
    IReadOnlyList<IovaRange> AllowedRanges { get; }

    /// <summary>Every IOVA and length is a multiple of this, in bytes.</summary>
    ulong Alignment { get; }

    /// <summary>Maps memory of this process.</summary>
    /// <param name="memory">All of it is mapped; it stays mapped in the process until the result is unmapped.</param>
    /// <param name="at">Where; null lets the mapper choose.</param>
    /// <param name="access">What the device may do.</param>
    DmaMapping Map(MemoryMapping memory, Iova? at, DmaAccess access);

    /// <summary>Maps part of a memfd.</summary>
    /// <param name="file">The memfd.</param>
    /// <param name="offset">Where the part starts, in bytes, page-aligned.</param>
    /// <param name="length">Its length in bytes, a multiple of the page size.</param>
    /// <param name="at">Where; null lets the mapper choose.</param>
    /// <param name="access">What the device may do.</param>
    DmaMapping MapFile(MemFd file, long offset, ulong length, Iova? at, DmaAccess access);

    /// <summary>Unmaps all that lies in a range. Callers end a mapping by <see cref="DmaMapping.Unmap"/>, which checks the answer.</summary>
    /// <param name="range">The range.</param>
    /// <returns>The bytes that were unmapped.</returns>
    ulong Unmap(IovaRange range);
}
