using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>An open <c>/dev/iommu</c>: the owner of address spaces, mappings and bound devices.</summary>
/// <remarks>
/// Its objects live in the kernel until the last descriptor of the same open file is closed and the last device bound to it is
/// closed: a process that received a duplicate (<see cref="FromFd"/>) works on the same objects.
/// </remarks>
public sealed class IommuContext : IDisposable
{
    private const string DevicePath = "/dev/iommu";

    private readonly HashSet<Ioas> _spaces = [];

    private IommuContext(FileDescriptor fd) => Fd = fd;

    /// <summary>The descriptor, owned by this object.</summary>
    public FileDescriptor Fd { get; }

    /// <summary>How pinned memory is accounted. Can be set, by the privileged, while the context has no object yet.</summary>
    /// <remarks><c>IOMMU_OPTION_RLIMIT_MODE</c>.</remarks>
    /// <exception cref="LinuxException">EPERM: needs CAP_SYS_RESOURCE. EBUSY: there are objects.</exception>
    public MemlockMode MemlockMode
    {
        get => (MemlockMode)Option(iommufd_option_ops.IOMMU_OPTION_OP_GET, iommufd_option.IOMMU_OPTION_RLIMIT_MODE, 0, 0);
        set => Option(iommufd_option_ops.IOMMU_OPTION_OP_SET, iommufd_option.IOMMU_OPTION_RLIMIT_MODE, 0, (ulong)value);
    }

    /// <summary>Opens a new context.</summary>
    /// <remarks><c>open(2)</c> of <c>/dev/iommu</c>.</remarks>
    /// <exception cref="LinuxException">ENOENT: no iommufd. EACCES: not permitted.</exception>
    public static IommuContext Open()
        => new(FileDescriptor.TryOpen(DevicePath, OpenMode.ReadWrite, out var errno) ?? throw IommufdIoctl.Failure(errno, "open", DevicePath));

    /// <summary>Works on a context that another process opened and passed on.</summary>
    /// <param name="fd">Its descriptor, which is duplicated and stays the caller's.</param>
    /// <exception cref="LinuxException">The descriptor is not an iommufd.</exception>
    public static IommuContext FromFd(FileDescriptor fd)
    {
        ArgumentNullException.ThrowIfNull(fd);
        var context = new IommuContext(fd.Duplicate());
        // No object has the id 0: an iommufd answers ENOENT, another file ENOTTY.
        var errno = context.TryIovaRanges(0, [], out _, out _);
        if (errno == Errno.ENOENT) return context;
        context.Dispose();
        throw IommufdIoctl.Failure(errno, iommu_ioas_iova_ranges.Name, fd.Subject);
    }

    /// <summary>Creates an empty address space.</summary>
    /// <remarks><c>IOMMU_IOAS_ALLOC</c>.</remarks>
    /// <exception cref="LinuxException">No memory.</exception>
    public unsafe Ioas CreateIoas()
    {
        var alloc = new iommu_ioas_alloc { size = (uint)sizeof(iommu_ioas_alloc) };
        IommufdIoctl.Call(Fd, ref alloc, Fd.Subject);
        return Add(new Ioas(this, alloc.out_ioas_id, owned: true));
    }

    /// <summary>Works on an address space that another process created on the same iommufd. Its mappings are not known here.</summary>
    /// <param name="id">Its <see cref="Ioas.Id"/>.</param>
    /// <exception cref="LinuxException">ENOENT: no such address space in this iommufd.</exception>
    public Ioas AdoptIoas(uint id)
    {
        var errno = TryIovaRanges(id, [], out _, out _);
        // EMSGSIZE only says that there are ranges.
        if (errno is not (Errno.None or Errno.EMSGSIZE)) throw IommufdIoctl.Failure(errno, iommu_ioas_iova_ranges.Name, $"IOAS {id}");
        return Add(new Ioas(this, id, owned: false));
    }

    /// <summary>Whether an id is that of a device bound to this context.</summary>
    /// <param name="deviceId">The id that <c>VFIO_DEVICE_BIND_IOMMUFD</c> gave.</param>
    /// <remarks><c>IOMMU_GET_HW_INFO</c>.</remarks>
    /// <exception cref="LinuxException">The call failed for another reason than the id.</exception>
    public unsafe bool HasDevice(uint deviceId)
    {
        var info = new iommu_hw_info { size = (uint)sizeof(iommu_hw_info), dev_id = deviceId };
        var errno = Ioctl.Try(Fd, ref info);
        return errno switch
        {
            // A device without an IOMMU has no such information, but is there.
            Errno.None or Errno.EOPNOTSUPP => true,
            Errno.ENOENT => false,
            _ => throw IommufdIoctl.Failure(errno, iommu_hw_info.Name, $"{Fd.Subject}, device {deviceId}"),
        };
    }

    /// <summary>
    /// Closes this process's descriptor and touches nothing else: address spaces live on while another process holds the iommufd or a
    /// device is bound to it. The objects that stand for them here are ended.
    /// </summary>
    public void Dispose()
    {
        foreach (var space in _spaces.ToArray()) space.End(unreachable: false);
        Fd.Dispose();
    }

    internal void Forget(Ioas space) => _spaces.Remove(space);

    internal unsafe Errno TryIovaRanges(uint ioasId, Span<iommu_iova_range> ranges, out uint count, out ulong alignment)
    {
        fixed (iommu_iova_range* pointer = ranges)
        {
            var query = new iommu_ioas_iova_ranges
            {
                size = (uint)sizeof(iommu_ioas_iova_ranges),
                ioas_id = ioasId,
                num_iovas = (uint)ranges.Length,
                allowed_iovas = (ulong)pointer,
            };
            var errno = Ioctl.Try(Fd, ref query);
            count = query.num_iovas;
            alignment = query.out_iova_alignment;
            return errno;
        }
    }

    internal unsafe ulong Option(iommufd_option_ops operation, iommufd_option option, uint objectId, ulong value)
    {
        var argument = new iommu_option
        {
            size = (uint)sizeof(iommu_option),
            option_id = (uint)option,
            op = (ushort)operation,
            object_id = objectId,
            val64 = value,
        };
        IommufdIoctl.Call(Fd, ref argument, objectId == 0 ? $"{Fd.Subject}, {option}" : $"IOAS {objectId}, {option}");
        return argument.val64;
    }

    private Ioas Add(Ioas space)
    {
        _spaces.Add(space);
        return space;
    }
}
