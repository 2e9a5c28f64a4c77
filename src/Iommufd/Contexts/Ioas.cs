using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>An I/O address space: which memory devices attached to it reach, and where.</summary>
/// <remarks>
/// For one owner, as its mappings. Calls that map pin the memory once a device is attached: at about 4 GB/s for 4 KiB pages.
/// </remarks>
public sealed class Ioas : IommuObject, IDmaMapper
{
    private const int ExpectedRanges = 16;
    private readonly SortedDictionary<Iova, DmaMapping> _mappings = [];

    internal Ioas(IommuContext context, uint id, bool owned)
        : base(context, id, owned)
    {
    }

    /// <summary>The IOVAs that can be mapped now, ascending: asked of the kernel each time, since attaching a device narrows them.</summary>
    /// <remarks><c>IOMMU_IOAS_IOVA_RANGES</c>.</remarks>
    /// <exception cref="LinuxException">The call failed.</exception>
    public IReadOnlyList<IovaRange> AllowedRanges
    {
        get
        {
            ThrowIfEnded();
            var ranges = new iommu_iova_range[ExpectedRanges];
            uint count;
            Errno errno;
            // Another device may be attached between the two calls, hence the loop.
            while ((errno = Context.TryIovaRanges(Id, ranges, out count, out _)) == Errno.EMSGSIZE) ranges = new iommu_iova_range[count];
            if (errno != Errno.None) throw Failure(errno, iommu_ioas_iova_ranges.Name);
            return Array.ConvertAll(ranges[..(int)count], range => new IovaRange(new Iova(range.start), new Iova(range.last)));
        }
    }

    /// <summary>What lies between the <see cref="AllowedRanges"/>: reserved by the platform or out of an attached device's reach.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public IReadOnlyList<IovaRange> ReservedRanges => Gaps(AllowedRanges);

    /// <summary>
    /// The page size. The kernel may accept less while no device is attached (<c>out_iova_alignment</c> of
    /// <c>IOMMU_IOAS_IOVA_RANGES</c>), never demands more, and refuses to attach a device once something finer is mapped.
    /// </summary>
    public ulong Alignment => (ulong)PageSize.Bytes;

    /// <summary>The mappings made or adopted through this object, ascending. Those that another process made are not among them.</summary>
    public IReadOnlyCollection<DmaMapping> Mappings => _mappings.Values;

    /// <summary>Whether contiguous pages are combined in the IOMMU's tables, as is the default.</summary>
    /// <remarks><c>IOMMU_OPTION</c> with <c>IOMMU_OPTION_HUGE_PAGES</c>.</remarks>
    /// <exception cref="LinuxException">EINVAL: it cannot be turned off while a device is attached and memory mapped.</exception>
    public bool HugePages
    {
        get
        {
            ThrowIfEnded();
            return Context.Option(iommufd_option_ops.IOMMU_OPTION_OP_GET, iommufd_option.IOMMU_OPTION_HUGE_PAGES, Id, 0) != 0;
        }

        set
        {
            ThrowIfEnded();
            Context.Option(iommufd_option_ops.IOMMU_OPTION_OP_SET, iommufd_option.IOMMU_OPTION_HUGE_PAGES, Id, value ? 1UL : 0UL);
        }
    }

    /// <summary>Demands that ranges stay usable: attaching a device that cannot reach them then fails. Also where the kernel chooses IOVAs.</summary>
    /// <param name="ranges">The ranges, which replace those demanded before; none lifts the demand.</param>
    /// <remarks><c>IOMMU_IOAS_ALLOW_IOVAS</c>.</remarks>
    /// <exception cref="LinuxException">EADDRINUSE: a range is not allowed already. EINVAL: they overlap.</exception>
    public unsafe void AllowIovas(params ReadOnlySpan<IovaRange> ranges)
    {
        ThrowIfEnded();
        var array = new iommu_iova_range[ranges.Length];
        for (var i = 0; i < ranges.Length; i++) array[i] = new iommu_iova_range { start = ranges[i].First.Value, last = ranges[i].Last.Value };
        fixed (iommu_iova_range* pointer = array)
        {
            var allow = new iommu_ioas_allow_iovas
            {
                size = (uint)sizeof(iommu_ioas_allow_iovas),
                ioas_id = Id,
                num_iovas = (uint)array.Length,
                allowed_iovas = (ulong)pointer,
            };
            IommufdIoctl.Call(Context.Fd, ref allow, ToString());
        }
    }

    /// <inheritdoc/>
    /// <remarks><c>IOMMU_IOAS_MAP</c>. Such memory does not survive a kexec: see <see cref="MapFile"/>.</remarks>
    /// <exception cref="ArgumentException">Address or length is not page-aligned.</exception>
    /// <exception cref="LinuxException">EEXIST: something is mapped there. EINVAL: a reserved address. ENOMEM: not enough lockable memory.</exception>
    public unsafe DmaMapping Map(MemoryMapping memory, Iova? at, DmaAccess access)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ThrowIfEnded();
        MappingArguments.CheckRange(at, memory.Length, access);
        var map = new iommu_ioas_map
        {
            size = (uint)sizeof(iommu_ioas_map),
            flags = Flags(at, access),
            ioas_id = Id,
            user_va = memory.Address,
            length = memory.Length,
            iova = at?.Value ?? 0,
        };
        var errno = Ioctl.Try(Context.Fd, ref map);
        if (errno != Errno.None) throw IommufdIoctl.Failure(errno, iommu_ioas_map.Name, Subject(at, memory.Length));
        return Add(new Iova(map.iova), memory.Length, access, new UserMemoryBacking(memory));
    }

    /// <inheritdoc/>
    /// <remarks><c>IOMMU_IOAS_MAP_FILE</c>. To be kept over a live update the memfd is sealed in its size before this call.</remarks>
    /// <exception cref="ArgumentException">Offset, length or address is not page-aligned, or the part exceeds the file.</exception>
    /// <exception cref="LinuxException">EEXIST: something is mapped there. EINVAL: a reserved address. ENOMEM: not enough lockable memory.</exception>
    public DmaMapping MapFile(MemFd file, long offset, ulong length, Iova? at, DmaAccess access)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ThrowIfEnded();
        MappingArguments.CheckRange(at, length, access);
        MappingArguments.CheckPart(file, offset, length);
        return Add(MapFd(file.Fd, (ulong)offset, length, at, access), length, access, new FileBacking(file, offset));
    }

    /// <summary>Maps part of a dma-buf: a range of a device's BAR that VFIO exported, for DMA from device to device.</summary>
    /// <param name="buffer">Its descriptor, which stays the caller's: the kernel keeps the buffer alive while it is mapped.</param>
    /// <param name="offset">Where the part starts in it, in bytes, page-aligned.</param>
    /// <param name="length">Its length in bytes, a multiple of the page size.</param>
    /// <param name="at">Where; null lets the kernel choose.</param>
    /// <param name="access">What the device may do.</param>
    /// <remarks>
    /// <c>IOMMU_IOAS_MAP_FILE</c>. When the exporter revokes the buffer (its device is reset, or its memory decode
    /// is turned off) the mapping stays and reaches nothing until it is valid again.
    /// </remarks>
    /// <exception cref="ArgumentException">Offset, length or address is not page-aligned.</exception>
    /// <exception cref="LinuxException">EINVAL: the part exceeds the buffer, or a reserved address. ENODEV: the buffer is revoked. EEXIST: something is mapped there.</exception>
    public DmaMapping MapDmaBuf(FileDescriptor buffer, ulong offset, ulong length, Iova? at, DmaAccess access)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        ThrowIfEnded();
        MappingArguments.CheckRange(at, length, access);
        if (!PageSize.IsAligned(offset)) throw new ArgumentException($"Offset 0x{offset:x} is not a multiple of the page size.", nameof(offset));
        return Add(MapFd(buffer, offset, length, at, access), length, access, new DmaBufBacking(buffer, offset));
    }

    /// <summary>Creates a page table of the hardware for what is mapped here, to attach devices to by choice rather than by the kernel's.</summary>
    /// <param name="deviceId">A device bound to the context: it decides which IOMMU's format is used.</param>
    /// <param name="flags">What the page table is for.</param>
    /// <param name="faults">Where page faults of devices attached to it are delivered; null where they fail.</param>
    /// <remarks><c>IOMMU_HWPT_ALLOC</c> with <c>IOMMU_HWPT_DATA_NONE</c>. It follows the mappings of this address space.</remarks>
    /// <exception cref="ArgumentException">Faults with <see cref="HwptFlags.NestParent"/>, or a queue of another context.</exception>
    /// <exception cref="LinuxException">EOPNOTSUPP: the device's IOMMU does not do what a flag asks for. ENOENT: no such device.</exception>
    public PagingHwpt CreateHwpt(uint deviceId, HwptFlags flags = HwptFlags.None, FaultQueue? faults = null)
    {
        ThrowIfEnded();
        if (faults is not null && flags.HasFlag(HwptFlags.NestParent))
            throw new ArgumentException("Page faults are delivered for what is nested, not for its parent.", nameof(faults));
        var id = Hwpt.Allocate(this, deviceId, flags, faults, null);
        return new PagingHwpt(this, id, deviceId, flags, faults);
    }

    /// <summary>
    /// The physical address behind an IOVA, for devices without an IOMMU: they put it on the bus themselves, and nothing stops
    /// them from putting any other there.
    /// </summary>
    /// <param name="at">The IOVA, mapped.</param>
    /// <param name="length">How far contiguous memory is looked for, in bytes.</param>
    /// <returns>The physical address, and how many bytes from it are contiguous, at most <paramref name="length"/>.</returns>
    /// <remarks><c>IOMMU_IOAS_NOIOMMU_GET_PA</c>. Needs CAP_SYS_RAWIO and a device attached in no-IOMMU mode.</remarks>
    /// <exception cref="LinuxException">EOPNOTSUPP: the kernel has no no-IOMMU mode for iommufd. EPERM: not privileged.</exception>
    public unsafe (ulong Address, ulong Length) UnsafeNoIommuPhysicalAddress(Iova at, ulong length)
    {
        ArgumentOutOfRangeException.ThrowIfZero(length);
        ThrowIfEnded();
        var query = new iommu_ioas_noiommu_get_pa
        {
            size = (uint)sizeof(iommu_ioas_noiommu_get_pa),
            ioas_id = Id,
            iova = at.Value,
            length = length,
        };
        IommufdIoctl.Call(Context.Fd, ref query, $"{at} of {this}");
        return (query.out_phys, query.length);
    }

    /// <summary>Maps the memory of a mapping of another address space of the same context; it is pinned and accounted once.</summary>
    /// <param name="source">The mapping.</param>
    /// <param name="at">Where; null lets the kernel choose.</param>
    /// <param name="access">What the device may do: writing only if the source's memory is writable.</param>
    /// <remarks><c>IOMMU_IOAS_COPY</c>.</remarks>
    /// <exception cref="ArgumentException">The source belongs to another context, or the address is not page-aligned.</exception>
    /// <exception cref="LinuxException">ENOENT: the source is not mapped. EEXIST: something is mapped here.</exception>
    public DmaMapping CopyFrom(DmaMapping source, Iova? at, DmaAccess access)
    {
        ArgumentNullException.ThrowIfNull(source);
        ThrowIfEnded();
        MappingArguments.CheckRange(at, source.Length, access);
        if (source.Mapper is not Ioas owner || !ReferenceEquals(owner.Context, Context))
            throw new ArgumentException("The mapping belongs to another context: a copy works within one.", nameof(source));
        return Add(Copy(owner, source.Range, at, access), source.Length, access, source.Backing);
    }

    /// <summary>Takes over a mapping that another process made in this address space on the same iommufd.</summary>
    /// <param name="range">Where it is.</param>
    /// <param name="access">What the device may do.</param>
    /// <param name="backing">The memory behind it, on the caller's word: the kernel does not tell.</param>
    /// <remarks>
    /// That the range is mapped, and writable where so claimed, is proved by copying it into a scratch address space
    /// (<c>IOMMU_IOAS_COPY</c>), which pins nothing.
    /// </remarks>
    /// <exception cref="ArgumentException">The range is not page-aligned, or is this object's already.</exception>
    /// <exception cref="LinuxException">ENOENT: not all of the range is mapped. EPERM: its memory is not writable.</exception>
    public DmaMapping AdoptMapping(IovaRange range, DmaAccess access, DmaBacking backing)
    {
        ArgumentNullException.ThrowIfNull(backing);
        ThrowIfEnded();
        if (range.Length > ulong.MaxValue) throw new ArgumentException("No mapping has 2^64 bytes.", nameof(range));
        MappingArguments.CheckRange(range.First, (ulong)range.Length, access);
        foreach (var known in _mappings.Values)
            if (known.Range.Overlaps(range)) throw new ArgumentException($"{known} is known already.", nameof(range));
        if (backing is FileBacking file) MappingArguments.CheckPart(file.File, file.Offset, (ulong)range.Length);
        using var scratch = Context.CreateIoas();
        scratch.Copy(this, range, null, access);
        return Add(range.First, (ulong)range.Length, access, backing);
    }

    /// <summary>Unmaps everything, also what other processes mapped here.</summary>
    /// <returns>The bytes that were unmapped.</returns>
    /// <remarks><c>IOMMU_IOAS_UNMAP</c> of 0 to 2^64 - 1.</remarks>
    /// <exception cref="LinuxException">EBUSY: a mapping is locked by an object that uses it.</exception>
    public ulong UnmapAll()
    {
        ThrowIfEnded();
        var unmapped = Unmap(null);
        EndMappings(unreachable: true);
        return unmapped;
    }

    /// <inheritdoc/>
    ulong IDmaMapper.Unmap(IovaRange range)
    {
        ThrowIfEnded();
        var unmapped = Unmap(range);
        foreach (var inside in _mappings.Values.Where(mapping => range.Contains(mapping.Range)).ToArray())
        {
            inside.End(unreachable: true);
            _mappings.Remove(inside.Iova);
        }

        return unmapped;
    }

    internal void Forget(DmaMapping mapping) => _mappings.Remove(mapping.Iova);

    private protected override string Kind => "IOAS";

    private protected override void OnEnd(bool destroyed) => EndMappings(unreachable: destroyed);

    private static uint Flags(Iova? at, DmaAccess access)
    {
        var flags = default(iommufd_ioas_map_flags);
        if (at is not null) flags |= iommufd_ioas_map_flags.IOMMU_IOAS_MAP_FIXED_IOVA;
        if (access.HasFlag(DmaAccess.Read)) flags |= iommufd_ioas_map_flags.IOMMU_IOAS_MAP_READABLE;
        if (access.HasFlag(DmaAccess.Write)) flags |= iommufd_ioas_map_flags.IOMMU_IOAS_MAP_WRITEABLE;
        return (uint)flags;
    }

    private static List<IovaRange> Gaps(IReadOnlyList<IovaRange> allowed)
    {
        var gaps = new List<IovaRange>();
        ulong next = 0;
        foreach (var range in allowed)
        {
            if (range.First.Value > next) gaps.Add(new IovaRange(new Iova(next), range.First - 1));
            if (range.Last.Value == ulong.MaxValue) return gaps;
            next = range.Last.Value + 1;
        }

        gaps.Add(new IovaRange(new Iova(next), new Iova(ulong.MaxValue)));
        return gaps;
    }

    private unsafe Iova MapFd(FileDescriptor file, ulong offset, ulong length, Iova? at, DmaAccess access)
    {
        using var lease = file.Lease();
        var map = new iommu_ioas_map_file
        {
            size = (uint)sizeof(iommu_ioas_map_file),
            flags = Flags(at, access),
            ioas_id = Id,
            fd = lease.Number,
            start = offset,
            length = length,
            iova = at?.Value ?? 0,
        };
        var errno = Ioctl.Try(Context.Fd, ref map);
        if (errno != Errno.None) throw IommufdIoctl.Failure(errno, iommu_ioas_map_file.Name, $"{Subject(at, length)} of {file.Subject}");
        return new Iova(map.iova);
    }

    private unsafe Iova Copy(Ioas source, IovaRange range, Iova? at, DmaAccess access)
    {
        var copy = new iommu_ioas_copy
        {
            size = (uint)sizeof(iommu_ioas_copy),
            flags = Flags(at, access),
            dst_ioas_id = Id,
            src_ioas_id = source.Id,
            length = (ulong)range.Length,
            dst_iova = at?.Value ?? 0,
            src_iova = range.First.Value,
        };
        var errno = Ioctl.Try(Context.Fd, ref copy);
        if (errno != Errno.None) throw IommufdIoctl.Failure(errno, iommu_ioas_copy.Name, $"{range} of IOAS {source.Id} to {at?.ToString() ?? "any address"} of IOAS {Id}");
        return new Iova(copy.dst_iova);
    }

    // What is said of a call that fails is written when it does: mapping is done while a VM starts, and often.
    private unsafe ulong Unmap(IovaRange? range)
    {
        var unmap = new iommu_ioas_unmap { size = (uint)sizeof(iommu_ioas_unmap), ioas_id = Id, iova = range?.First.Value ?? 0, length = (ulong?)range?.Length ?? ulong.MaxValue };
        var errno = Ioctl.Try(Context.Fd, ref unmap);
        if (errno != Errno.None) throw IommufdIoctl.Failure(errno, iommu_ioas_unmap.Name, $"{range?.ToString() ?? "all"} of IOAS {Id}");
        return unmap.length;
    }

    private DmaMapping Add(Iova iova, ulong length, DmaAccess access, DmaBacking backing)
    {
        var mapping = new DmaMapping(this, IovaRange.OfLength(iova, length), access, backing);
        _mappings.Add(iova, mapping);
        return mapping;
    }

    private void EndMappings(bool unreachable)
    {
        foreach (var mapping in _mappings.Values) mapping.End(unreachable);
        _mappings.Clear();
    }

    private string Subject(Iova? at, ulong length) => $"IOAS {Id}, 0x{length:x} bytes at {at?.ToString() ?? "any address"}";
}
