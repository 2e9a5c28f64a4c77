using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>
/// The open character device of a PCI function or a mediated device on a VFIO driver, before it is bound to an iommufd: nothing can be
/// done with it but bind it or pass its descriptor on. Opening touches no device; binding does.
/// </summary>
public sealed class VfioCdev : IDisposable
{
    private const string FdInfoKey = "vfio-device-syspath:";
    private const string MediatedDevices = "/sys/bus/mdev/devices";
    private readonly DeviceIdentity _identity;
    private FileDescriptor? _fd;

    private VfioCdev(FileDescriptor fd, DeviceIdentity identity)
    {
        _fd = fd;
        _identity = identity;
    }

    /// <summary>The function's address.</summary>
    /// <exception cref="InvalidOperationException">It is a mediated device, which has none.</exception>
    public PciAddress Address => _identity.RequireAddress();

    /// <summary>A mediated device's UUID; null for a PCI function.</summary>
    public Guid? MediatedId => _identity.MediatedId;

    /// <summary>The function's address or the mediated device's UUID, as sysfs has it.</summary>
    public string Name => _identity.Name;

    /// <summary>The descriptor, owned by this object: a process that receives a duplicate can bind it.</summary>
    /// <exception cref="ObjectDisposedException">It was closed, or went over to an <see cref="IommufdDevice"/>.</exception>
    public FileDescriptor Fd => _fd ?? throw new ObjectDisposedException(nameof(VfioCdev), $"The device file of {Name} was closed, or belongs to the bound device now.");

    /// <summary>Whether the file is bound to an iommufd, by this process or another one that has the same open file.</summary>
    /// <remarks><c>VFIO_DEVICE_GET_INFO</c>, which an unbound file answers by EINVAL.</remarks>
    /// <exception cref="LinuxException">The call failed for another reason.</exception>
    public unsafe bool IsBound
    {
        get
        {
            var info = new vfio_device_info { argsz = (uint)sizeof(vfio_device_info) };
            var errno = VfioIoctl.Try(Fd, ref info);
            return errno switch
            {
                Errno.None => true,
                Errno.EINVAL => false,
                _ => throw VfioIoctl.Failure(errno, vfio_device_info.Name, Name),
            };
        }
    }

    /// <summary>Opens the device of a function.</summary>
    /// <param name="address">The function's address.</param>
    /// <exception cref="LinuxException">There is no such function, it is not bound to a VFIO driver, or it cannot be opened.</exception>
    public static VfioCdev Open(PciAddress address) => Open(PciFunction.Open(address));

    /// <summary>Opens the device of a function.</summary>
    /// <param name="function">The function.</param>
    /// <remarks><c>open(2)</c> of <c>/dev/vfio/devices/vfioN</c>, N by the function's <c>vfio-dev</c> in sysfs.</remarks>
    /// <exception cref="NoIommuException">No IOMMU stands before the device.</exception>
    /// <exception cref="KernelTooOldException">The kernel is older than Linux 6.6, where devices have no files of their own: see <see cref="VfioGroup"/>.</exception>
    /// <exception cref="LinuxException">It is not bound to a VFIO driver, or cannot be opened.</exception>
    public static VfioCdev Open(PciFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var address = function.Address;
        if (function.VfioCdevName is not { } name)
        {
            if (VfioInterfaces.All.Explain(VfioInterfaces.DevicesPath, Errno.ENODEV, "open vfio-dev", address.ToString()) is { } tooOld) throw tooOld;
            throw new LinuxException(Errno.ENODEV, "open vfio-dev", address.ToString(), OpenRemedies.NotBound(function));
        }

        return NoIommuException.IsCdev(name) ? throw new NoIommuException(address) : Open(name, new DeviceIdentity(address));
    }

    /// <summary>Opens a mediated device (mdev): one that a driver makes up, such as the kernel's sample <c>mtty</c>.</summary>
    /// <param name="mediatedId">Its UUID, as it was created by.</param>
    /// <remarks><c>open(2)</c> of <c>/dev/vfio/devices/vfioN</c>, N by <c>/sys/bus/mdev/devices/UUID/vfio-dev</c>.</remarks>
    /// <exception cref="LinuxException">There is no such device, no VFIO driver is bound to it, or it cannot be opened.</exception>
    public static VfioCdev Open(Guid mediatedId)
    {
        var path = $"{MediatedDevices}/{mediatedId}/vfio-dev";
        if (!Directory.Exists(path))
        {
            throw new LinuxException(
                Errno.ENODEV, "open vfio-dev", mediatedId.ToString(), "No mediated device has this UUID, or no VFIO driver is bound to it: see /sys/bus/mdev/devices.");
        }

        return Open(Path.GetFileName(Directory.EnumerateDirectories(path).Single()), new DeviceIdentity(mediatedId));
    }

    /// <summary>As <see cref="Open(PciFunction)"/>, for a device without an IOMMU.</summary>
    internal static VfioCdev OpenUnsafely(PciFunction function, string name) => Open(name, new DeviceIdentity(function.Address));

    /// <summary>Works on a device file that another process opened and passed on.</summary>
    /// <param name="fd">Its descriptor, which is duplicated and stays the caller's.</param>
    /// <param name="address">The address that it must have; null to take what the kernel says, also a mediated device.</param>
    /// <remarks>The address is compared with <c>vfio-device-syspath</c> in <c>/proc/self/fdinfo</c>, where the kernel gives it.</remarks>
    /// <exception cref="ArgumentException">The descriptor is of another device or of none, or its address is neither given nor told by the kernel.</exception>
    /// <exception cref="NoIommuException">No IOMMU stands before the device.</exception>
    public static VfioCdev FromFd(FileDescriptor fd, PciAddress? address = null)
    {
        ArgumentNullException.ThrowIfNull(fd);
        var found = IdentityOf(fd);
        if (found is { } actual && address is { } expected && actual != expected)
            throw new ArgumentException($"The descriptor {fd.Subject} is of the device {actual}, not of {expected}.", nameof(fd));
        if ((found ?? (address is { } given ? new DeviceIdentity(given) : null)) is not { } known)
            throw new ArgumentException($"The descriptor {fd.Subject} is of no VFIO device, or the kernel does not tell which: give its address.", nameof(fd));
        return NoIommuException.IsCdev(fd.LinkTarget) ? throw new NoIommuException(known.RequireAddress()) : new VfioCdev(fd.Duplicate(), known);
    }

    /// <summary>
    /// Binds the device to an iommufd. The kernel enables it and, unless its <c>reset_method</c> is cleared or missing, resets it; Bus
    /// Master is cleared. On success the descriptor belongs to the result and this object is spent.
    /// </summary>
    /// <param name="context">The iommufd.</param>
    /// <param name="vfToken">The token that PF and VFs share where the PF is on vfio-pci; null where none is needed.</param>
    /// <remarks><c>VFIO_DEVICE_BIND_IOMMUFD</c>.</remarks>
    /// <exception cref="GroupNotViableException">Kernel drivers have other devices of its IOMMU group; it names them.</exception>
    /// <exception cref="KernelTooOldException">A VF token is given, and the kernel is older than Linux 6.17.</exception>
    /// <exception cref="LinuxException">
    /// EINVAL: the device is bound already, by this file or another. EBUSY: its IOMMU group is in use. EPERM: interrupts are not isolated.
    /// EACCES: a VF token is needed. The object stays as it was.
    /// </exception>
    public IommufdDevice Bind(IommuContext context, Guid? vfToken = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        var deviceId = BindFile(context, vfToken);
        return new IommufdDevice(Spend(), _identity, context, deviceId, adopted: false);
    }

    /// <summary>As <see cref="Bind"/>, for a device without an IOMMU.</summary>
    internal UnsafeNoIommuDevice BindUnsafely(IommuContext context)
    {
        _ = BindFile(context, vfToken: null);
        return new UnsafeNoIommuDevice(Spend(), _identity, context);
    }

    /// <summary>
    /// Takes over a device that another process bound by the same open file. Nothing is done to the device: interrupts stay armed and DMA
    /// attached as they were. On success the descriptor belongs to the result and this object is spent.
    /// </summary>
    /// <param name="context">The iommufd that the device is bound to, as that process passed it on.</param>
    /// <param name="iommufdDeviceId">The id that its bind gave (<see cref="IommufdDevice.IommufdDeviceId"/>), or null if it is not known.</param>
    /// <exception cref="InvalidOperationException">The file is not bound.</exception>
    /// <exception cref="ArgumentException">The context has no device of that id: it is not the one that the device is bound to.</exception>
    public IommufdDevice AdoptBound(IommuContext context, uint? iommufdDeviceId = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!IsBound) throw new InvalidOperationException($"{Name} is not bound to an iommufd by this file: bind it.");
        // A mediated device has no hardware behind it that could be asked for.
        if (iommufdDeviceId is { } id && MediatedId is null && !context.HasDevice(id))
            throw new ArgumentException($"The iommufd has no device {id}: {Name} is not bound to it.", nameof(context));
        return new IommufdDevice(Spend(), _identity, context, iommufdDeviceId, adopted: true);
    }

    /// <summary>Closes this process's descriptor. If the file is bound and nobody else has it open, that is the device's last close.</summary>
    public void Dispose()
    {
        _fd?.Dispose();
        _fd = null;
    }

    internal static DeviceIdentity? ParseFdInfo(string fdInfo)
    {
        // Not by EnumerateLines, whose vector code the runtime compiles at the first open of a process.
        for (var rest = fdInfo.AsSpan(); !rest.IsEmpty;)
        {
            var end = rest.IndexOf('\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (!line.StartsWith(FdInfoKey, StringComparison.Ordinal)) continue;
            var path = line[FdInfoKey.Length..].Trim();
            return DeviceIdentity.Parse(path[(path.LastIndexOf('/') + 1)..]);
        }

        return null;
    }

    /// <summary>The processes that have a function open through its own file; other users' processes take root to see.</summary>
    /// <param name="function">The function.</param>
    public static IReadOnlyList<FileHolder> FindHolders(PciFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (function.VfioCdevName is not { } name) return [];
        return FileHolder.Find(PathOf(name));
    }

    /// <summary>The processes that have functions open through their own files, in one walk through all processes; other users' processes take root to see.</summary>
    /// <param name="functions">The functions.</param>
    /// <returns>The holders by function; one that nobody holds is not in it.</returns>
    public static IReadOnlyDictionary<PciAddress, IReadOnlyList<FileHolder>> FindHolders(IReadOnlyList<PciFunction> functions)
    {
        ArgumentNullException.ThrowIfNull(functions);
        var paths = functions.Where(static function => function.VfioCdevName is not null).DistinctBy(static function => function.Address)
            .ToDictionary(static function => PathOf(function.VfioCdevName!), static function => function.Address);
        return FileHolder.FindEach(paths.Keys.ToHashSet()).ToDictionary(found => paths[found.Key], static found => found.Value);
    }

    /// <summary>The file of a device by its name in sysfs.</summary>
    internal static string PathOf(string name) => $"{VfioInterfaces.DevicesPath}/{name}";

    private static VfioCdev Open(string name, DeviceIdentity identity)
    {
        var path = PathOf(name);
        var fd = FileDescriptor.TryOpen(path, OpenMode.ReadWrite, out var errno);
        if (fd is not null) return Verified(fd, identity, path);
        var subject = $"{path} ({identity})";
        throw errno == Errno.EBUSY
            ? VfioIoctl.Failure(errno, "open", subject, $"{OpenRemedies.Holders(path)} If the device was preserved by a live update it must be retrieved from its session.")
            : VfioIoctl.Failure(errno, "open", subject);
    }

    // Between reading the name and opening it the device may have gone and another one taken the number.
    private static VfioCdev Verified(FileDescriptor fd, DeviceIdentity identity, string path)
    {
        try
        {
            return IdentityOf(fd) is not { } actual || actual == identity
                ? new VfioCdev(fd, identity)
                : throw new LinuxException(Errno.ENODEV, "open", path, $"It is the device {actual} now, no longer {identity}: try again.");
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    private static DeviceIdentity? IdentityOf(FileDescriptor fd)
    {
        using var lease = fd.Lease();
        return ParseFdInfo(KernelFile.ReadText($"/proc/self/fdinfo/{lease.Number}"));
    }

    private unsafe uint BindFile(IommuContext context, Guid? vfToken)
    {
        var fd = Fd;
        Span<byte> token = stackalloc byte[sizeof(Guid)];
        _ = (vfToken ?? Guid.Empty).TryWriteBytes(token, bigEndian: true, out _);
        using var lease = context.Fd.Lease();
        fixed (byte* tokenPointer = token)
        {
            var bind = new vfio_device_bind_iommufd
            {
                argsz = (uint)sizeof(vfio_device_bind_iommufd),
                flags = vfToken is null ? 0 : VfioConstants.VFIO_DEVICE_BIND_FLAG_TOKEN,
                iommufd = lease.Number,
                token_uuid_ptr = vfToken is null ? 0 : (ulong)tokenPointer,
            };
            var errno = VfioIoctl.Try(fd, ref bind);
            return errno == Errno.None ? bind.out_devid : throw BindFailure(fd, errno, vfToken is not null);
        }
    }

    private FileDescriptor Spend()
    {
        var fd = Fd;
        _fd = null;
        return fd;
    }

    private LinuxException BindFailure(FileDescriptor fd, Errno errno, bool withToken)
    {
        if (MediatedId is null && PciFunction.TryOpen(Address, out var function) && GroupNotViableException.Explain(errno, vfio_device_bind_iommufd.Name, function) is { } notViable)
            return notViable;
        if (errno != Errno.EINVAL)
        {
            var wrongToken = errno == Errno.EACCES && withToken ? "The VF token is not the one that the PF has now." : null;
            return VfioIoctl.Failure(errno, vfio_device_bind_iommufd.Name, Name, wrongToken);
        }

        var flag = withToken ? nameof(VfioConstants.VFIO_DEVICE_BIND_FLAG_TOKEN) : null;
        if (VfioIoctl.FlagTooOld(flag, errno, vfio_device_bind_iommufd.Name, Name) is { } tooOld) return tooOld;
        // The directory that it was opened in may be of another mount namespace.
        var path = PathOf(Path.GetFileName(fd.LinkTarget));
        var remedy = "It is bound already, and a device is bound once: its own descriptor, passed on, is what gives it to another process. "
            + OpenRemedies.Holders(path)
            + (withToken ? " Or the VF token is not wanted: neither PF nor VF, or the PF is not on vfio-pci." : string.Empty);
        return VfioIoctl.Failure(errno, vfio_device_bind_iommufd.Name, Name, remedy);
    }
}
