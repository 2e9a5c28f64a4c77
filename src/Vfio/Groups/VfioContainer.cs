using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>
/// A VFIO container: the address space of all devices whose IOMMU groups are in it. The legacy back end, for kernels without iommufd or
/// cdevs; what is mapped here is not preserved over a live update.
/// </summary>
/// <remarks>
/// <para>For one owner, as its mappings. Mapping pins the memory, at about 4 GB/s for 4 KiB pages. The container has an IOMMU, and so
/// IOVAs to map, from when its first device is opened: calls before that throw <see cref="InvalidOperationException"/>.</para>
/// <para>The kernel keeps group and mappings until this object and all devices opened from it are gone, in whatever process.</para>
/// </remarks>
public sealed class VfioContainer : IDmaMapper, IDisposable
{
    private const ulong HugePage = 2 << 20;

    private readonly Dictionary<int, VfioGroup> _groups = [];
    private readonly SortedDictionary<Iova, ContainerMapping> _mappings = [];
    private readonly List<ContainerDevice> _devices = [];
    private IovaAllocator? _allocator;
    private bool _ended;

    private VfioContainer(FileDescriptor fd, IommuMode mode)
    {
        Fd = fd;
        Mode = mode;
    }

    /// <summary>The descriptor, owned by this object.</summary>
    public FileDescriptor Fd { get; }

    /// <summary>Which container it is. <c>/dev/vfio/vfio</c> of a kernel with <c>CONFIG_IOMMUFD_VFIO_CONTAINER</c> is an iommufd, and told as such.</summary>
    public IommuMode Mode { get; }

    /// <summary>What the kernel says of the container's IOMMU now.</summary>
    /// <remarks><c>VFIO_IOMMU_GET_INFO</c>.</remarks>
    /// <exception cref="InvalidOperationException">No device was opened yet.</exception>
    /// <exception cref="LinuxException">The call failed.</exception>
    public ContainerInfo Info
    {
        get
        {
            ThrowIfUnusable();
            return ContainerInfo.Read(Fd, ToString());
        }
    }

    /// <inheritdoc/>
    /// <remarks><c>VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE</c>.</remarks>
    /// <exception cref="InvalidOperationException">No device was opened yet.</exception>
    public IReadOnlyList<IovaRange> AllowedRanges => Info.AllowedRanges;

    /// <summary>The page size.</summary>
    public ulong Alignment => (ulong)PageSize.Bytes;

    /// <summary>The mappings made through this object, ascending.</summary>
    public IReadOnlyCollection<DmaMapping> Mappings => [.. _mappings.Values.Select(static entry => entry.Mapping).Where(static mapping => mapping.IsMapped)];

    /// <summary>Opens a container.</summary>
    /// <param name="mode">Which: any but <see cref="IommuMode.Iommufd"/>, which has none.</param>
    /// <remarks><c>open(2)</c> of <c>/dev/vfio/vfio</c> or <c>/dev/iommu</c>, <c>VFIO_GET_API_VERSION</c>, <c>VFIO_CHECK_EXTENSION</c>.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">No container is of this mode.</exception>
    /// <exception cref="LinuxException">ENOENT: the kernel has none. EOPNOTSUPP: it has none of this type.</exception>
    public static VfioContainer Open(IommuMode mode)
    {
        if (mode is IommuMode.Iommufd || !Enum.IsDefined(mode)) throw new ArgumentOutOfRangeException(nameof(mode), $"{mode} has no container.");
        var path = mode is IommuMode.Type1 or IommuMode.Type1v2 ? VfioInterfaces.ContainerPath : IommufdInterfaces.DevicePath;
        var fd = OpenFile(path);
        try
        {
            var version = ApiVersion(fd);
            if (version != VfioConstants.VFIO_API_VERSION)
                throw new LinuxException(Errno.EOPNOTSUPP, nameof(VfioIoctl.VFIO_GET_API_VERSION), path, $"The kernel speaks version {version}, and only {VfioConstants.VFIO_API_VERSION} is known.");
            var actual = IsIommufd(fd) ? AsCompat(mode) : mode;
            if (!Supports(fd, Type(mode)))
                throw new LinuxException(Errno.EOPNOTSUPP, nameof(VfioIoctl.VFIO_CHECK_EXTENSION), path, $"The kernel offers no {mode} here: it needs CONFIG_VFIO_IOMMU_TYPE1, and the module vfio_iommu_type1 loaded.");
            return new VfioContainer(fd, actual);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a device: its group joins the container if it is not in it, and from then on the device reaches what is mapped here. The
    /// kernel enables it and, unless its <c>reset_method</c> is cleared or missing, resets it; Bus Master is cleared.
    /// </summary>
    /// <param name="function">The function, on a VFIO driver, as all of its group that do DMA.</param>
    /// <param name="vfToken">The token that PF and VFs share where the PF is on vfio-pci; null where none is needed.</param>
    /// <remarks>
    /// <c>VFIO_GROUP_GET_STATUS</c>, <c>VFIO_GROUP_SET_CONTAINER</c>, <c>VFIO_SET_IOMMU</c> for the first group,
    /// <c>VFIO_GROUP_GET_DEVICE_FD</c>. The kernel lets a device be opened more than once through one group.
    /// </remarks>
    /// <exception cref="GroupNotViableException">Kernel drivers have other devices of the group; it names them.</exception>
    /// <exception cref="NoIommuException">No IOMMU stands before the device.</exception>
    /// <exception cref="LinuxException">
    /// ENODEV: not on a VFIO driver. EBUSY: the group has another holder. EINVAL: an IOVA that is mapped is reserved for the new group.
    /// </exception>
    public ContainerDevice OpenDevice(PciFunction function, Guid? vfToken = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ThrowIfEnded();
        NoIommuException.ThrowIfGroup(function);
        var known = function.IommuGroup is { } number && _groups.ContainsKey(number);
        var group = known ? _groups[function.IommuGroup!.Value] : Join(function);
        try
        {
            var device = new ContainerDevice(group.OpenDevice(function, vfToken), function.Address, this);
            _devices.RemoveAll(static closed => !closed.Attachment.IsAttached);
            _devices.Add(device);
            return device;
        }
        catch when (!known)
        {
            Expel(group);
            throw;
        }
    }

    /// <summary>Opens a device.</summary>
    /// <param name="address">The function's address.</param>
    /// <param name="vfToken">The token that PF and VFs share where the PF is on vfio-pci; null where none is needed.</param>
    /// <inheritdoc cref="OpenDevice(PciFunction, Guid?)" path="/remarks|/exception"/>
    public ContainerDevice OpenDevice(PciAddress address, Guid? vfToken = null) => OpenDevice(PciFunction.Open(address), vfToken);

    /// <inheritdoc/>
    /// <remarks><c>VFIO_IOMMU_MAP_DMA</c>.</remarks>
    /// <exception cref="ArgumentException">Address or length is not page-aligned.</exception>
    /// <exception cref="InvalidOperationException">No device was opened yet, or no free range is long enough.</exception>
    /// <exception cref="MappingLimitException">The container takes no more mappings.</exception>
    /// <exception cref="MemlockException">Not enough lockable memory.</exception>
    /// <exception cref="LinuxException">EEXIST: something is mapped there. EINVAL: a reserved address.</exception>
    public DmaMapping Map(MemoryMapping memory, Iova? at, DmaAccess access)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ThrowIfUnusable();
        MappingArguments.CheckRange(at, memory.Length, access);
        return Map(memory, at, access, new UserMemoryBacking(memory), view: null);
    }

    /// <inheritdoc/>
    /// <remarks><c>mmap(2)</c> and <c>VFIO_IOMMU_MAP_DMA</c>: containers know no files. The part stays mapped in this process as long as for the device.</remarks>
    /// <exception cref="ArgumentException">Offset, length or address is not page-aligned, or the part exceeds the file.</exception>
    /// <exception cref="InvalidOperationException">No device was opened yet, or no free range is long enough.</exception>
    /// <exception cref="MappingLimitException">The container takes no more mappings.</exception>
    /// <exception cref="MemlockException">Not enough lockable memory.</exception>
    /// <exception cref="LinuxException">EEXIST: something is mapped there. EINVAL: a reserved address.</exception>
    public DmaMapping MapFile(MemFd file, long offset, ulong length, Iova? at, DmaAccess access)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ThrowIfUnusable();
        MappingArguments.CheckRange(at, length, access);
        MappingArguments.CheckPart(file, offset, length);
        var view = file.Map(offset, (nuint)length, access.HasFlag(DmaAccess.Write) ? MemoryProtection.ReadWrite : MemoryProtection.Read);
        try
        {
            return Map(view, at, access, new FileBacking(file, offset), view);
        }
        catch
        {
            view.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks><c>VFIO_IOMMU_UNMAP_DMA</c>.</remarks>
    /// <exception cref="ArgumentException">A mapping lies only partly in the range: the type 1 back ends would each do something else with it.</exception>
    ulong IDmaMapper.Unmap(IovaRange range)
    {
        CheckWhole(range);
        if (range.Length > ulong.MaxValue) return UnmapAll();
        var unmapped = Unmap(range, vfio_dma_unmap_flags.None);
        Forget(range);
        return unmapped;
    }

    /// <summary>Unmaps everything, also what other processes mapped here.</summary>
    /// <returns>The bytes that were unmapped.</returns>
    /// <remarks><c>VFIO_IOMMU_UNMAP_DMA</c> with <c>VFIO_DMA_UNMAP_FLAG_ALL</c>.</remarks>
    /// <exception cref="InvalidOperationException">No device was opened yet.</exception>
    /// <exception cref="LinuxException">The call failed.</exception>
    public ulong UnmapAll()
    {
        ThrowIfUnusable();
        var unmapped = Unmap(null, vfio_dma_unmap_flags.VFIO_DMA_UNMAP_FLAG_ALL);
        EndMappings(unreachable: true);
        return unmapped;
    }

    /// <summary>Has the kernel note which mapped pages devices may have written, until the result is disposed.</summary>
    /// <remarks><c>VFIO_IOMMU_DIRTY_PAGES</c> with <c>FLAG_START</c>. Every page that a device can write counts as written.</remarks>
    /// <exception cref="InvalidOperationException">No device was opened yet.</exception>
    /// <exception cref="LinuxException">EACCES: a <see cref="IommuMode.Type1"/> container cannot. ENOTTY: an iommufd that stands for a container cannot.</exception>
    public ContainerDirtyTracking TrackDirtyPages()
    {
        ThrowIfUnusable();
        return ContainerDirtyTracking.Start(this);
    }

    /// <summary>How much can be mapped before <c>RLIMIT_MEMLOCK</c> forbids it.</summary>
    /// <remarks>
    /// A container counts for the process; an iommufd that stands for one for the user, as other iommufds do, unless it was opened as
    /// <c>/dev/vfio/vfio</c>, or told otherwise (<c>IOMMU_OPTION_RLIMIT_MODE</c>).
    /// </remarks>
    public MemlockBudget ReadMemlockBudget()
    {
        ThrowIfEnded();
        if (Mode is IommuMode.Type1 or IommuMode.Type1v2) return MemlockBudget.Read(MemlockMode.Process);
        // An iommufd opened as /dev/vfio/vfio counts as a container does.
        using var context = IommuContext.FromFd(Fd);
        return MemlockBudget.Read(context.MemlockMode);
    }

    /// <summary>
    /// Gives up this object and its mappings, and leaves them as they are for the devices that are open here or in other processes: the
    /// kernel ends them with the last of those.
    /// </summary>
    public void Leave()
    {
        if (_ended) return;
        End(unreachable: false);
    }

    /// <summary>Unmaps what was mapped through this object and closes it; as <see cref="Leave"/> where a device opened from it is open still.</summary>
    /// <exception cref="LinuxException">A mapping could not be ended.</exception>
    public void Dispose()
    {
        if (_ended) return;
        var isInUse = _devices.Any(static device => device.Attachment.IsAttached);
        if (!isInUse)
            foreach (var mapping in Mappings) mapping.Unmap();
        End(unreachable: !isInUse);
    }

    /// <summary>Its mode.</summary>
    public override string ToString() => $"container ({Mode})";

    /// <summary>The open files of those of the groups that are in this container: what proves that their devices are ours.</summary>
    internal FileDescriptor[] OpenGroups(IEnumerable<int> numbers)
        => [.. numbers.Select(number => _groups.GetValueOrDefault(number)?.Fd).OfType<FileDescriptor>()];

    /// <summary>Opens the file of the containers, or an iommufd to stand for one.</summary>
    internal static FileDescriptor OpenFile(string path) => FileDescriptor.TryOpen(path, OpenMode.ReadWrite, out var errno)
        ?? throw (path, errno) switch
        {
            (IommufdInterfaces.DevicePath, _) => IommufdIoctl.Failure(errno, "open", path),
            (_, Errno.ENOENT or Errno.ENODEV) => new LinuxException(
                errno, "open", path, "The kernel has no VFIO containers: it needs CONFIG_VFIO_CONTAINER, or CONFIG_IOMMUFD_VFIO_CONTAINER. Use an iommufd."),
            _ => VfioIoctl.Failure(errno, "open", path),
        };

    internal static int ApiVersion(FileDescriptor container)
    {
        var errno = Ioctl.TryValue(container, VfioIoctl.VFIO_GET_API_VERSION, 0, out var version);
        return errno == Errno.None ? version : throw VfioIoctl.Failure(errno, nameof(VfioIoctl.VFIO_GET_API_VERSION), container.Subject);
    }

    internal static bool Supports(FileDescriptor container, int extension)
        => Ioctl.TryValue(container, VfioIoctl.VFIO_CHECK_EXTENSION, extension, out var answer) == Errno.None && answer > 0;

    internal static void SetIommu(FileDescriptor container, int type, string subject)
    {
        var errno = Ioctl.TryValue(container, VfioIoctl.VFIO_SET_IOMMU, type, out _);
        if (errno != Errno.None) throw VfioIoctl.Failure(errno, nameof(VfioIoctl.VFIO_SET_IOMMU), subject);
    }

    internal void ThrowIfUnusable()
    {
        ThrowIfEnded();
        if (_groups.Count == 0) throw new InvalidOperationException($"The {this} has no IOMMU before a device is opened from it: open the device first, then map.");
    }

    internal void CheckWhole(IovaRange range)
    {
        ThrowIfUnusable();
        foreach (var entry in _mappings.Values)
        {
            if (entry.Mapping.IsMapped && range.Overlaps(entry.Mapping.Range) && !range.Contains(entry.Mapping.Range))
                throw new ArgumentException($"{entry.Mapping} lies only partly in {range}: ranges are unmapped as they were mapped.", nameof(range));
        }
    }

    /// <summary>Ends the objects of what the kernel has unmapped.</summary>
    internal void Forget(IovaRange range)
    {
        foreach (var entry in _mappings.Values.Where(entry => range.Contains(entry.Mapping.Range)).ToArray())
        {
            entry.End(unreachable: true);
            _mappings.Remove(entry.Mapping.Iova);
            _allocator?.Release(entry.Mapping.Range);
        }
    }

    private static int Type(IommuMode mode)
        => mode is IommuMode.Type1 or IommuMode.IommufdCompatType1 ? VfioConstants.VFIO_TYPE1_IOMMU : VfioConstants.VFIO_TYPE1v2_IOMMU;

    private static IommuMode AsCompat(IommuMode mode)
        => Type(mode) == VfioConstants.VFIO_TYPE1_IOMMU ? IommuMode.IommufdCompatType1 : IommuMode.IommufdCompatType1v2;

    private static bool IsIommufd(FileDescriptor fd)
    {
        // It answers calls that a container does not know.
        try
        {
            IommuContext.FromFd(fd).Dispose();
            return true;
        }
        catch (LinuxException)
        {
            return false;
        }
    }

    private VfioGroup Join(PciFunction function)
    {
        var group = VfioGroup.Open(function);
        try
        {
            group.SetContainer(Fd, function);
            if (_groups.Count == 0) SetIommu(Fd, Type(Mode), $"{this}, group {group.Number} of {function.Address}");
        }
        catch
        {
            group.Dispose();
            throw;
        }

        _groups.Add(group.Number, group);
        // It may have narrowed the ranges.
        _allocator = null;
        return group;
    }

    // With its last group a container loses its IOMMU; there was none before this one, and so nothing is mapped.
    private void Expel(VfioGroup group)
    {
        _groups.Remove(group.Number);
        group.Dispose();
        _allocator = null;
    }

    private unsafe DmaMapping Map(MemoryMapping memory, Iova? at, DmaAccess access, DmaBacking backing, MemoryMapping? view)
    {
        var chosen = at is null ? Allocator().Allocate(memory.Length, memory.Length >= HugePage ? HugePage : Alignment) : (IovaRange?)null;
        var range = chosen ?? IovaRange.OfLength(at!.Value, memory.Length);
        var map = new vfio_iommu_type1_dma_map
        {
            argsz = (uint)sizeof(vfio_iommu_type1_dma_map),
            flags = (uint)Flags(access),
            vaddr = memory.Address,
            iova = range.First.Value,
            size = memory.Length,
        };
        var errno = Ioctl.Try(Fd, ref map);
        GC.KeepAlive(memory);
        if (errno != Errno.None)
        {
            if (chosen is { } taken) _allocator?.Release(taken);
            throw MapFailure(errno, range);
        }

        if (chosen is null) _allocator?.Reserve(range);
        var entry = new ContainerMapping(new DmaMapping(this, range, access, backing), view);
        _mappings.Add(range.First, entry);
        return entry.Mapping;
    }

    private IovaAllocator Allocator()
    {
        if (_allocator is not null) return _allocator;
        var allocator = new IovaAllocator(this);
        foreach (var entry in _mappings.Values) allocator.Reserve(entry.Mapping.Range);
        return _allocator = allocator;
    }

    private static vfio_dma_map_flags Flags(DmaAccess access)
    {
        var flags = default(vfio_dma_map_flags);
        if (access.HasFlag(DmaAccess.Read)) flags |= vfio_dma_map_flags.VFIO_DMA_MAP_FLAG_READ;
        if (access.HasFlag(DmaAccess.Write)) flags |= vfio_dma_map_flags.VFIO_DMA_MAP_FLAG_WRITE;
        return flags;
    }

    private LinuxException MapFailure(Errno errno, IovaRange range)
    {
        var subject = $"{this}, {range}";
        if (errno == Errno.ENOSPC) return new MappingLimitException(subject, _mappings.Count);
        return errno == Errno.ENOMEM && ReadMemlockBudget() is var budget && !budget.Allows((ulong)range.Length)
            ? new MemlockException(subject, (ulong)range.Length, budget)
            : VfioIoctl.Failure(errno, vfio_iommu_type1_dma_map.Name, subject);
    }

    private unsafe ulong Unmap(IovaRange? range, vfio_dma_unmap_flags flags)
    {
        var unmap = new vfio_iommu_type1_dma_unmap
        {
            argsz = (uint)sizeof(vfio_iommu_type1_dma_unmap),
            flags = (uint)flags,
            iova = range?.First.Value ?? 0,
            size = (ulong)(range?.Length ?? 0),
        };
        var errno = Ioctl.Try(Fd, ref unmap);
        if (errno != Errno.None) throw VfioIoctl.Failure(errno, vfio_iommu_type1_dma_unmap.Name, $"{this}, {range?.ToString() ?? "all"}");
        return unmap.size;
    }

    private void EndMappings(bool unreachable)
    {
        foreach (var entry in _mappings.Values) entry.End(unreachable);
        _mappings.Clear();
        _allocator = null;
    }

    private void End(bool unreachable)
    {
        _ended = true;
        EndMappings(unreachable);
        foreach (var group in _groups.Values) group.Dispose();
        _groups.Clear();
        Fd.Dispose();
    }

    private void ThrowIfEnded() => ObjectDisposedException.ThrowIf(_ended, this);
}
