using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>An open <c>/dev/iommu</c>: the owner of address spaces, mappings and bound devices.</summary>
/// <remarks>
/// Its objects live in the kernel until the last descriptor of the same open file is closed and the last device bound to it is
/// closed: a process that received a duplicate (<see cref="FromFd"/>) works on the same objects.
/// </remarks>
public sealed class IommuContext : IDisposable
{
    // What the largest known data type takes several times over; more is asked for by a second call.
    private const int ExpectedHardwareData = 256;
    private const int LargestHardwareData = 1 << 16;

    private readonly HashSet<IommuObject> _objects = [];

    private IommuContext(FileDescriptor fd) => Fd = fd;

    /// <summary>The descriptor, owned by this object.</summary>
    public FileDescriptor Fd { get; }

    /// <summary>How pinned memory is accounted. Can be set, by the privileged, while the context has no object yet.</summary>
    /// <remarks><c>IOMMU_OPTION</c> with <c>IOMMU_OPTION_RLIMIT_MODE</c>.</remarks>
    /// <exception cref="LinuxException">EPERM: needs CAP_SYS_RESOURCE. EBUSY: there are objects.</exception>
    public MemlockMode MemlockMode
    {
        get => (MemlockMode)Option(iommufd_option_ops.IOMMU_OPTION_OP_GET, iommufd_option.IOMMU_OPTION_RLIMIT_MODE, 0, 0);
        set => Option(iommufd_option_ops.IOMMU_OPTION_OP_SET, iommufd_option.IOMMU_OPTION_RLIMIT_MODE, 0, (ulong)value);
    }

    /// <summary>Opens a new context.</summary>
    /// <remarks><c>open(2)</c> of <c>/dev/iommu</c>.</remarks>
    /// <exception cref="KernelTooOldException">The kernel is older than Linux 6.2, which has no iommufd.</exception>
    /// <exception cref="LinuxException">ENOENT: no iommufd. EACCES: not permitted.</exception>
    public static IommuContext Open()
        => new(FileDescriptor.TryOpen(IommufdInterfaces.DevicePath, OpenMode.ReadWrite, out var errno) ?? throw IommufdIoctl.Failure(errno, "open", IommufdInterfaces.DevicePath));

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
        return new Ioas(this, alloc.out_ioas_id, owned: true);
    }

    /// <summary>Works on an address space that another process created on the same iommufd. Its mappings are not known here.</summary>
    /// <param name="id">Its <see cref="IommuObject.Id"/>.</param>
    /// <exception cref="LinuxException">ENOENT: no such address space in this iommufd.</exception>
    public Ioas AdoptIoas(uint id)
    {
        var errno = TryIovaRanges(id, [], out _, out _);
        // EMSGSIZE only says that there are ranges.
        if (errno is not (Errno.None or Errno.EMSGSIZE)) throw IommufdIoctl.Failure(errno, iommu_ioas_iova_ranges.Name, $"IOAS {id}");
        return new Ioas(this, id, owned: false);
    }

    /// <summary>Creates a queue for the page faults of devices that are attached to an HWPT made with it.</summary>
    /// <remarks><c>IOMMU_FAULT_QUEUE_ALLOC</c>.</remarks>
    /// <exception cref="LinuxException">No memory, or too many files are open.</exception>
    public unsafe FaultQueue CreateFaultQueue()
    {
        var alloc = new iommu_fault_alloc { size = (uint)sizeof(iommu_fault_alloc) };
        IommufdIoctl.Call(Fd, ref alloc, Fd.Subject);
        return new FaultQueue(this, alloc.out_fault_id, FileDescriptor.Adopt((int)alloc.out_fault_fd, $"fault queue {alloc.out_fault_id}"));
    }

    /// <summary>Which IOMMU a device is behind, and what it can do.</summary>
    /// <param name="deviceId">The id that <c>VFIO_DEVICE_BIND_IOMMUFD</c> gave.</param>
    /// <param name="type">The kind of data asked for; null lets the IOMMU's driver choose.</param>
    /// <remarks><c>IOMMU_GET_HW_INFO</c>.</remarks>
    /// <exception cref="LinuxException">
    /// ENOENT: no such device in this iommufd. EOPNOTSUPP: it has no IOMMU, or an IOMMU of another type than asked for.
    /// </exception>
    public unsafe IommuHardwareInfo ReadHardwareInfo(uint deviceId, HardwareInfoType? type = null)
    {
        var buffer = new byte[ExpectedHardwareData];
        while (true)
        {
            fixed (byte* pointer = buffer)
            {
                var info = new iommu_hw_info
                {
                    size = (uint)sizeof(iommu_hw_info),
                    flags = type is null ? 0 : (uint)iommufd_hw_info_flags.IOMMU_HW_INFO_FLAG_INPUT_TYPE,
                    dev_id = deviceId,
                    data_len = (uint)buffer.Length,
                    data_uptr = (ulong)pointer,
                    in_data_type = (uint)(type ?? HardwareInfoType.None),
                };
                IommufdIoctl.Call(Fd, ref info, $"{Fd.Subject}, device {deviceId}");
                if (info.data_len <= buffer.Length) return new IommuHardwareInfo(info, buffer.AsSpan(0, (int)info.data_len));
                if (info.data_len > LargestHardwareData) throw new InvalidDataException($"IOMMU_GET_HW_INFO claims {info.data_len} bytes of data.");
                buffer = new byte[info.data_len];
            }
        }
    }

    /// <summary>
    /// Charges this process with all memory that is pinned through this iommufd, in place of the process that mapped it: for the
    /// process that takes over, before the other one exits. What was mapped with CAP_IPC_LOCK is charged to nobody. Nothing is changed
    /// if it fails.
    /// </summary>
    /// <remarks><c>IOMMU_IOAS_CHANGE_PROCESS</c>.</remarks>
    /// <exception cref="LinuxException">EINVAL: memory is mapped that is of no file. ENOMEM: beyond this process's RLIMIT_MEMLOCK.</exception>
    public unsafe void ChangeProcess()
    {
        var change = new iommu_ioas_change_process { size = (uint)sizeof(iommu_ioas_change_process) };
        IommufdIoctl.Call(Fd, ref change, Fd.Subject);
    }

    /// <summary>The address space that VFIO's container calls on this iommufd work on; null where there is none.</summary>
    /// <remarks><c>IOMMU_VFIO_IOAS</c>: <c>GET</c>. One that the kernel made for a group is adopted.</remarks>
    /// <exception cref="LinuxException">The call failed.</exception>
    public Ioas? FindVfioIoas()
    {
        var errno = TryVfioIoas(iommufd_vfio_ioas_op.IOMMU_VFIO_IOAS_GET, 0, out var id);
        return errno switch
        {
            Errno.None => _objects.OfType<Ioas>().FirstOrDefault(space => space.Id == id) ?? AdoptIoas(id),
            Errno.ENODEV => null,
            _ => throw IommufdIoctl.Failure(errno, iommu_vfio_ioas.Name, Fd.Subject),
        };
    }

    /// <summary>Chooses the address space that VFIO's container calls on this iommufd work on, or none.</summary>
    /// <param name="ioas">An address space of this context; null to end the compatibility. Groups attached before keep theirs.</param>
    /// <remarks><c>IOMMU_VFIO_IOAS</c>: <c>SET</c>, <c>CLEAR</c>.</remarks>
    /// <exception cref="ArgumentException">The address space belongs to another context.</exception>
    /// <exception cref="LinuxException">The call failed.</exception>
    public void SetVfioIoas(Ioas? ioas)
    {
        if (ioas is not null && !ReferenceEquals(ioas.Context, this)) throw new ArgumentException($"{ioas} belongs to another context.", nameof(ioas));
        var errno = ioas is null
            ? TryVfioIoas(iommufd_vfio_ioas_op.IOMMU_VFIO_IOAS_CLEAR, 0, out _)
            : TryVfioIoas(iommufd_vfio_ioas_op.IOMMU_VFIO_IOAS_SET, ioas.Id, out _);
        if (errno != Errno.None) throw IommufdIoctl.Failure(errno, iommu_vfio_ioas.Name, ioas?.ToString() ?? Fd.Subject);
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
    /// Closes this process's descriptor and touches nothing else: objects live on while another process holds the iommufd or a
    /// device is bound to it. What stands for them here is ended.
    /// </summary>
    public void Dispose()
    {
        foreach (var each in _objects.ToArray()) each.Leave();
        Fd.Dispose();
    }

    internal void Add(IommuObject added) => _objects.Add(added);

    internal void Forget(IommuObject ended) => _objects.Remove(ended);

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

    private unsafe Errno TryVfioIoas(iommufd_vfio_ioas_op operation, uint ioasId, out uint foundId)
    {
        var argument = new iommu_vfio_ioas { size = (uint)sizeof(iommu_vfio_ioas), ioas_id = ioasId, op = (ushort)operation };
        var errno = Ioctl.Try(Fd, ref argument);
        foundId = argument.ioas_id;
        return errno;
    }
}
