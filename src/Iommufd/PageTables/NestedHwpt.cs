using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Devices.Iommufd;

/// <summary>
/// A guest's page table, walked by the IOMMU, whose output is translated once more by its parent: made by
/// <see cref="PagingHwpt.CreateNested"/> or <see cref="Viommu.CreateNested"/>. The guest changes its tables by itself; what the IOMMU has
/// cached of them is invalidated here, or through the vIOMMU.
/// </summary>
public sealed class NestedHwpt : Hwpt
{
    internal NestedHwpt(PagingHwpt parent, Viommu? viommu, uint id, uint deviceId, HwptFlags flags, FaultQueue? faults)
        : base(parent.Context, id, deviceId, flags, faults, viommu is null ? parent : viommu)
    {
        Parent = parent;
        Viommu = viommu;
    }

    /// <summary>The second stage.</summary>
    public PagingHwpt Parent { get; }

    /// <summary>The vIOMMU that it belongs to; null where it was nested without one.</summary>
    public Viommu? Viommu { get; }

    /// <summary>The address space of the second stage: what the guest takes for physical addresses.</summary>
    public override Ioas Ioas => Parent.Ioas;

    /// <summary>Invalidates what the IOMMU cached of a VT-d first-stage table. Device TLBs are invalidated along with it.</summary>
    /// <param name="requests">What is stale, handled in order.</param>
    /// <remarks><c>IOMMU_HWPT_INVALIDATE</c> with <c>IOMMU_HWPT_INVALIDATE_DATA_VTD_S1</c>.</remarks>
    /// <exception cref="IommuInvalidationException">A request was refused; those before it were handled.</exception>
    public void Invalidate(params ReadOnlySpan<VtdStage1Invalidation> requests)
    {
        var entries = new iommu_hwpt_vtd_s1_invalidate[requests.Length];
        for (var i = 0; i < entries.Length; i++) entries[i] = requests[i].ToAbi();
        Invalidate(InvalidationType.VtdStage1, Unsafe.SizeOf<iommu_hwpt_vtd_s1_invalidate>(), MemoryMarshal.AsBytes(entries.AsSpan()));
    }

    /// <summary>Invalidates by requests in the form of the IOMMU's driver.</summary>
    /// <param name="type">Their kind.</param>
    /// <param name="entryLength">The length of one request in bytes.</param>
    /// <param name="requests">The requests, one after the other. None asks only whether the driver takes that kind.</param>
    /// <remarks><c>IOMMU_HWPT_INVALIDATE</c>.</remarks>
    /// <exception cref="ArgumentException">The length is not a multiple of one request's.</exception>
    /// <exception cref="IommuInvalidationException">A request was refused; those before it were handled.</exception>
    public void Invalidate(InvalidationType type, int entryLength, ReadOnlySpan<byte> requests)
    {
        ThrowIfEnded();
        Invalidation.Run(this, type, entryLength, requests);
    }
}
