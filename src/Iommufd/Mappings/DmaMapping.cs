using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>A range of IOVAs that a device can reach, and the memory behind it.</summary>
/// <remarks>For one owner. Nothing unmaps it but <see cref="Unmap"/>, <see cref="Dispose"/> or the end of the address space.</remarks>
public sealed class DmaMapping : IDisposable
{
    private readonly IDmaMapper _mapper;
    private readonly bool _pinned;

    /// <summary>Describes a mapping that a mapper has made; for implementations of <see cref="IDmaMapper"/>.</summary>
    /// <param name="mapper">What made it and unmaps it.</param>
    /// <param name="range">Where it is.</param>
    /// <param name="access">What the device may do.</param>
    /// <param name="backing">The memory behind it.</param>
    public DmaMapping(IDmaMapper mapper, IovaRange range, DmaAccess access, DmaBacking backing)
    {
        ArgumentNullException.ThrowIfNull(mapper);
        ArgumentNullException.ThrowIfNull(backing);
        _mapper = mapper;
        Range = range;
        Access = access;
        Backing = backing;
        // Until a device is attached iommufd remembers only the virtual address: were the memory unmapped and the address
        // used again, the next attach would give the device memory that is not meant for it.
        if (backing is UserMemoryBacking user) user.Memory.DangerousAddRef(ref _pinned);
        IsMapped = true;
    }

    /// <summary>Where it is.</summary>
    public IovaRange Range { get; }

    /// <summary>Its first address.</summary>
    public Iova Iova => Range.First;

    /// <summary>Its length in bytes.</summary>
    public ulong Length => (ulong)Range.Length;

    /// <summary>What the device may do.</summary>
    public DmaAccess Access { get; }

    /// <summary>The memory behind it.</summary>
    public DmaBacking Backing { get; }

    /// <summary>Whether this object still stands for a mapping.</summary>
    public bool IsMapped { get; private set; }

    /// <summary>Ends the mapping. The device must not use it any more: what it then attempts is blocked and reported as a fault.</summary>
    /// <remarks><c>IOMMU_IOAS_UNMAP</c>, <c>VFIO_IOMMU_UNMAP_DMA</c>. The size that the kernel reports is compared with the mapping's.</remarks>
    /// <exception cref="LinuxException">The kernel refuses; the mapping stays.</exception>
    /// <exception cref="InvalidOperationException">It is ended already, or the kernel unmapped another size than was mapped.</exception>
    public void Unmap()
    {
        if (!IsMapped) throw new InvalidOperationException($"The mapping at {Range} is not mapped any more.");
        var unmapped = _mapper.Unmap(Range);
        End(unreachable: true);
        if (unmapped != Length)
            throw new InvalidOperationException($"0x{unmapped:x} bytes were unmapped at {Range} instead of 0x{Length:x}: somebody else unmapped part of this address space.");
    }

    /// <summary>
    /// Gives up this object and leaves the mapping as it is, for another process that holds the same iommufd or container. Memory of this process
    /// stays mapped in it until it exits, since the device can still reach it.
    /// </summary>
    public void Leave()
    {
        if (!IsMapped) return;
        End(unreachable: false);
        (_mapper as Ioas)?.Forget(this);
    }

    /// <summary>As <see cref="Unmap"/>, where neither the mapping nor its address space has been ended or left before.</summary>
    /// <exception cref="LinuxException">The kernel refuses; the mapping stays.</exception>
    public void Dispose()
    {
        if (IsMapped) Unmap();
    }

    /// <summary>Range and access.</summary>
    public override string ToString() => $"{Range} {Access}";

    /// <summary>What made it: the address space that it is in.</summary>
    public IDmaMapper Mapper => _mapper;

    internal void End(bool unreachable)
    {
        if (!IsMapped) return;
        IsMapped = false;
        if (_pinned && unreachable) ((UserMemoryBacking)Backing).Memory.DangerousRelease();
    }
}
