namespace Devices.Iommufd;

/// <summary>A range of a VT-d first-stage page table that changed (<c>struct iommu_hwpt_vtd_s1_invalidate</c>).</summary>
public readonly record struct VtdStage1Invalidation
{
    private const ulong VtdPageSize = 4096;

    /// <summary>A range.</summary>
    /// <param name="first">Its first input address, a multiple of 4096.</param>
    /// <param name="pages">How many pages of 4096 bytes, at least 1.</param>
    /// <param name="leafOnly">Whether only leaf entries changed, so that what is cached of the levels above stays.</param>
    /// <exception cref="ArgumentException">The address is not a multiple of 4096.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No page, or beyond 64 bits.</exception>
    public VtdStage1Invalidation(Iova first, ulong pages, bool leafOnly = false)
    {
        if (!first.IsAligned(VtdPageSize)) throw new ArgumentException($"{first} is not a multiple of 4096.", nameof(first));
        ArgumentOutOfRangeException.ThrowIfZero(pages);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pages - 1, (ulong.MaxValue - first.Value) / VtdPageSize, nameof(pages));
        (First, Pages, LeafOnly) = (first, pages, leafOnly);
    }

    /// <summary>All of the page table.</summary>
    public static VtdStage1Invalidation All { get; } = new() { Pages = ulong.MaxValue };

    /// <summary>The first input address.</summary>
    public Iova First { get; private init; }

    /// <summary>How many pages of 4096 bytes; 2^64 - 1 for all.</summary>
    public ulong Pages { get; private init; }

    /// <summary>Whether only leaf entries changed (<c>IOMMU_VTD_INV_FLAGS_LEAF</c>).</summary>
    public bool LeafOnly { get; private init; }

    internal iommu_hwpt_vtd_s1_invalidate ToAbi() => new()
    {
        addr = First.Value,
        npages = Pages,
        flags = LeafOnly ? (uint)iommu_hwpt_vtd_s1_invalidate_flags.IOMMU_VTD_INV_FLAGS_LEAF : 0,
    };
}
