using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>
/// An open PCI device, or a mediated device that looks like one: registers, interrupts, configuration space. For one owner, as all that
/// comes from it. Which memory it reaches is for the kind of device to say: an <see cref="IommufdDevice"/> is attached to an address space
/// of an iommufd, a <see cref="ContainerDevice"/> reaches what is mapped in its container.
/// </summary>
/// <remarks>
/// <para>The kernel ties a device to its open file: when the last descriptor and the last mapping of a BAR are gone it stops the device,
/// disables its interrupts and resets it if it can. A device that must live on therefore has its descriptor in another process as well
/// (a keeper), and there are two ways out of this object:</para>
/// <list type="bullet">
/// <item><see cref="Dispose"/> for a device that is no longer used here: interrupts armed through it are disarmed, BARs unmapped, the
/// descriptor closed. It detaches and resets nothing itself; the last close does.</item>
/// <item><see cref="Leave"/> for a device that works on in other hands: BARs are unmapped and the descriptor closed, without any call
/// that reaches the device. Interrupts stay armed on their eventfds, DMA stays attached.</item>
/// </list>
/// <para>An open device is never closed by the garbage collector: it stays open until one of the two, or until the process ends.</para>
/// </remarks>
public abstract class VfioDevice : IDisposable
{
    private const int BarCount = 6;

    // Keeps open devices from being finalised, which would be their last close.
    private static readonly HashSet<VfioDevice> Rooted = [];

    private readonly List<BarMapping> _mappings = [];
    private readonly List<IoEventFd> _ioEventFds = [];
    private readonly Dictionary<int, VfioRegion> _regions = [];
    private readonly FileDescriptor _fd;
    private readonly DeviceIdentity _identity;
    private VfioConfigSpace? _configSpace;
    private CachedConfigSpace? _configCache;
    private VfConfigCaches? _configFamily;
    private bool _ended;

    private protected VfioDevice(FileDescriptor fd, DeviceIdentity identity, bool adopted)
    {
        _fd = fd;
        _identity = identity;
        Interrupts = new VfioInterrupts(this, inherited: adopted);
        Features = new VfioFeatures(this);
        Power = new VfioPower(this);
        Migration = new VfioMigration(this);
        lock (Rooted) Rooted.Add(this);
        try
        {
            Info = VfioDeviceInfo.Read(fd, Name);
            var bars = new Bar[BarCount];
            for (var i = 0; i < bars.Length; i++) bars[i] = new Bar(Region(VfioConstants.VFIO_PCI_BAR0_REGION_INDEX + i));
            Bars = bars;
        }
        catch
        {
            Leave();
            throw;
        }
    }

    /// <summary>Its address.</summary>
    /// <exception cref="InvalidOperationException">It is a mediated device, which has none.</exception>
    public PciAddress Address => _identity.RequireAddress();

    /// <summary>A mediated device's UUID; null for a PCI function.</summary>
    public Guid? MediatedId => _identity.MediatedId;

    /// <summary>Its address, or its UUID if it is a mediated device: what errors name.</summary>
    public string Name => _identity.Name;

    /// <summary>What it says of itself.</summary>
    /// <remarks><c>VFIO_DEVICE_GET_INFO</c>.</remarks>
    public VfioDeviceInfo Info { get; }

    /// <summary>Its BARs by number, 0 to 5; those that it does not have are there with size 0.</summary>
    public IReadOnlyList<Bar> Bars { get; }

    /// <summary>Its interrupts.</summary>
    public VfioInterrupts Interrupts { get; }

    /// <summary>What it supports beyond registers and interrupts.</summary>
    public VfioFeatures Features { get; }

    /// <summary>Low power under the platform's control.</summary>
    public VfioPower Power { get; }

    /// <summary>Saving and loading its state, where its driver can.</summary>
    public VfioMigration Migration { get; }

    /// <summary>The descriptor, owned by this object: its duplicate in another process keeps the device open.</summary>
    public FileDescriptor Fd => _fd;

    /// <summary>Whether <see cref="Reset"/> can work: decided when the device was opened.</summary>
    public bool SupportsReset => Info.Flags.HasFlag(VfioDeviceFlags.Reset);

    /// <summary>Through which address space it does DMA as far as this object knows: null where it does none.</summary>
    public abstract DmaAttachment? Attachment { get; }

    /// <summary>
    /// The configuration space as VFIO shows it: BARs, MSI, MSI-X and Command are virtualised. Writes that would take the registers away
    /// from under a mapped BAR (Memory Enable cleared, another power state than D0) throw <see cref="InvalidOperationException"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The device was disposed or left.</exception>
    public IPciConfigSpace ConfigSpace => Config;

    /// <summary>
    /// <see cref="ConfigSpace"/> with a cache, the same one at each call. Whatever is done to the device through this object is told to it: resets, hot resets
    /// through any device of this process, interrupts, power, migration, writes that do not go through it. What another holder of the device does must be told
    /// by <see cref="CachedConfigSpace.Invalidate(ConfigSpaceEvent)"/>. Its reads may be concurrent, unlike all else here.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The device was disposed or left.</exception>
    public CachedConfigSpace CachedConfigSpace
    {
        get
        {
            ThrowIfEnded();
            return _configCache ??= new CachedConfigSpace(UnannouncedConfig(), ConfigSpaceOwnership.Exclusive);
        }
    }

    /// <summary>Whether <see cref="CachedConfigSpace"/> was asked for, or shared.</summary>
    public bool HasConfigCache => _configCache is not null;

    /// <summary>The caches of other VFs of its PF that <see cref="CachedConfigSpace"/> shares constants with; null if it shares none.</summary>
    public VfConfigCaches? SharedConfigCaches => _configFamily;

    internal bool DecodesMemory => Config.DecodesMemory;

    /// <summary>Those of the groups that a device opened by its group has at hand, open.</summary>
    internal virtual FileDescriptor[] OpenGroups(IEnumerable<int> numbers) => [];

    internal bool HasMappings => _mappings.Count > 0;

    internal bool HasEnded => _ended;

    private VfioConfigSpace Config
    {
        get
        {
            ThrowIfEnded();
            return _configSpace ??= new VfioConfigSpace(this, Region(VfioConstants.VFIO_PCI_CONFIG_REGION_INDEX));
        }
    }

    /// <summary>
    /// Opens many devices side by side: each is opened, bound, attached, given its MSI-X vectors and prepared on a thread of its own, so that
    /// the reset in which the kernel sleeps 100 ms for each is waited for once. All or nothing, unless the options say otherwise.
    /// </summary>
    /// <param name="devices">The devices, each once, on a VFIO driver. A PF that gives the VF token is opened before.</param>
    /// <param name="options">How many at a time, and what one failure means; null for the default.</param>
    /// <param name="cancellation">Ends it between two devices; those that are open are closed then.</param>
    /// <returns>The open devices, in the order of the requests.</returns>
    /// <remarks>
    /// For each: <c>open(2)</c>, <c>VFIO_DEVICE_BIND_IOMMUFD</c>, <c>VFIO_DEVICE_ATTACH_IOMMUFD_PT</c>, <c>VFIO_DEVICE_SET_IRQS</c>. The kernel
    /// resets a device at its first open and at its last close.
    /// </remarks>
    /// <exception cref="FunctionFailuresException">Devices could not be opened: it names each. All others are closed again.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is left open.</exception>
    public static OpenedDevices OpenMany(IReadOnlyList<DeviceToOpen> devices, OpenManyOptions? options = null, CancellationToken cancellation = default)
        => OpenedDevices.Open(devices, options ?? OpenManyOptions.Default, cancellation);

    /// <summary>A region by its index; asked of the kernel once. Asking for the ROM (6) reads it.</summary>
    /// <param name="index">0 to <see cref="VfioDeviceInfo.RegionCount"/> - 1.</param>
    /// <remarks><c>VFIO_DEVICE_GET_REGION_INFO</c>.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">No such index.</exception>
    /// <exception cref="LinuxException">EINVAL: the device does not have this region (VGA).</exception>
    public VfioRegion Region(int index)
    {
        ThrowIfEnded();
        if (index < 0 || index >= Info.RegionCount)
            throw new ArgumentOutOfRangeException(nameof(index), $"{Name} has the regions 0 to {Info.RegionCount - 1}.");
        if (!_regions.TryGetValue(index, out var region)) _regions.Add(index, region = VfioRegion.Query(this, index));
        return region;
    }

    /// <summary>Has <see cref="CachedConfigSpace"/> share what is constant with the caches of other VFs of the device's PF.</summary>
    /// <param name="family">Those caches, of VFIO's view.</param>
    /// <returns>The cache.</returns>
    /// <exception cref="InvalidOperationException">The device has a cache already.</exception>
    public CachedConfigSpace ShareConfigCache(VfConfigCaches family)
    {
        ArgumentNullException.ThrowIfNull(family);
        ThrowIfEnded();
        if (_configCache is not null) throw new InvalidOperationException($"{Name} has a cache of its own already: share before it is read.");
        _configFamily = family;
        return _configCache = family.Add(UnannouncedConfig(), ConfigSpaceOwnership.Exclusive);
    }

    /// <summary>
    /// Resets the device alone, by the first of its reset methods that works. Interrupts stay armed, BARs mapped; a migration under way
    /// ends, and its state is <see cref="MigrationState.Running"/> again.
    /// </summary>
    /// <remarks><c>VFIO_DEVICE_RESET</c>. Takes 100 ms and more on real hardware.</remarks>
    /// <exception cref="LinuxException">EINVAL: it has no reset method, or none when it was opened. EAGAIN: it is locked.</exception>
    public void Reset()
    {
        ThrowIfEnded();
        var errno = Ioctl.TryValue(_fd, VfioIoctl.VFIO_DEVICE_RESET, 0, out _);
        Announce(ConfigSpaceEvent.FunctionReset);
        if (errno != Errno.None) throw VfioIoctl.Failure(errno, nameof(VfioIoctl.VFIO_DEVICE_RESET), Name);
        Migration.EndSession();
    }

    /// <summary>
    /// Asks which devices a reset of the whole bus or slot would hit, for <see cref="HotResetPlan.Execute"/> to do it. Changes nothing.
    /// </summary>
    /// <param name="kept">Devices that must not be reset: the plan refuses if it would hit one.</param>
    /// <remarks><c>VFIO_DEVICE_GET_PCI_HOT_RESET_INFO</c>.</remarks>
    /// <exception cref="LinuxException">ENODEV: neither its bus nor its slot can be reset. EPERM: an affected device has no IOMMU.</exception>
    public HotResetPlan PlanHotReset(params IEnumerable<PciAddress> kept) => HotResetPlan.For(this, kept);

    /// <summary>
    /// Sets a PF's VF token, the secret that from now on opens its VFs, and itself while they are in use. The token given when the PF
    /// was bound is forgotten; VFs that are open already stay so.
    /// </summary>
    /// <param name="token">The token: any UUID. The kernel does not give it back.</param>
    /// <remarks><c>VFIO_DEVICE_FEATURE_PCI_VF_TOKEN</c>. Given to <see cref="VfioCdev.Bind"/>.</remarks>
    /// <exception cref="LinuxException">ENOTTY: the device is no PF with SR-IOV.</exception>
    public unsafe void SetVfToken(Guid token)
    {
        Span<byte> bytes = stackalloc byte[sizeof(Guid)];
        _ = token.TryWriteBytes(bytes, bigEndian: true, out _);
        var errno = Features.Try(VfioFeature.PciVfToken, vfio_device_feature_flags.VFIO_DEVICE_FEATURE_SET, bytes, out _);
        if (errno != Errno.None) throw Features.Failure(VfioFeature.PciVfToken, errno);
    }

    /// <summary>Has the device log which memory it writes to, within given ranges, until the result is stopped.</summary>
    /// <param name="pageSize">The granularity asked for, in bytes, a power of two; the device may choose another one.</param>
    /// <param name="ranges">The ranges to watch, without overlap; the kernel takes 256 at most, and a device may take fewer.</param>
    /// <remarks><c>VFIO_DEVICE_FEATURE_DMA_LOGGING_START</c>. A device has one log at a time.</remarks>
    /// <exception cref="ArgumentException">No range, one is not aligned to the page size, or the page size is no power of two.</exception>
    /// <exception cref="LinuxException">ENOTTY: not supported. EINVAL: ranges overlap. E2BIG: too many ranges.</exception>
    public DmaLog StartDmaLogging(ulong pageSize, params ReadOnlySpan<IovaRange> ranges) => DmaLog.Start(this, pageSize, ranges);

    /// <summary>
    /// Gives up the device without touching it: BARs are unmapped and this process's descriptor is closed, no call reaches the device.
    /// Interrupts stay armed, DMA stays attached. It is the other holder's then; if there is none, this is the last close.
    /// </summary>
    public void Leave()
    {
        if (_ended) return;
        End();
    }

    /// <summary>
    /// Gives up the device: disarms the interrupts armed through this object, ends its writes on signals, unmaps its BARs, closes this
    /// process's descriptor. It is not detached or reset here; the kernel does both if nobody else holds the device.
    /// </summary>
    /// <exception cref="LinuxException">An interrupt could not be disarmed; all the rest is done.</exception>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (_ended) return;
        try
        {
            Interrupts.DisableOwn();
            while (_ioEventFds.Count > 0) _ioEventFds[^1].Dispose();
        }
        finally
        {
            End();
        }
    }

    /// <summary>Its address.</summary>
    public override string ToString() => Name;

    internal void ThrowIfEnded()
    {
        if (_ended) throw new ObjectDisposedException(nameof(VfioDevice), $"The device {Name} was disposed or left.");
    }

    /// <summary>Tells the cache of configuration space, if there is one, what was done to the device, whether it worked or not.</summary>
    internal void Announce(ConfigSpaceEvent what) => _configCache?.Invalidate(what);

    /// <summary>Tells the cache what was written past it.</summary>
    internal void AnnounceWrite(int offset, ReadOnlySpan<byte> written) => _configCache?.Written(offset, written);

    /// <summary>Tells the caches of all open devices at these addresses.</summary>
    internal static void Announce(ConfigSpaceEvent what, IEnumerable<PciAddress> addresses)
    {
        var hit = addresses.ToHashSet();
        lock (Rooted)
        {
            foreach (var device in Rooted)
            {
                if (device._identity.Address is { } address && hit.Contains(address)) device.Announce(what);
            }
        }
    }

    internal void CheckConfigWrite(int offset, ReadOnlySpan<byte> source)
    {
        if (_mappings.Count > 0) Config.CheckWhileMapped(offset, source);
    }

    internal BarMapping Add(BarMapping mapping)
    {
        _mappings.Add(mapping);
        return mapping;
    }

    internal void Forget(BarMapping mapping) => _mappings.Remove(mapping);

    internal IoEventFd Add(IoEventFd ioEventFd)
    {
        _ioEventFds.Add(ioEventFd);
        return ioEventFd;
    }

    internal void Forget(IoEventFd ioEventFd) => _ioEventFds.Remove(ioEventFd);

    /// <summary>Lets go of what the device was attached to, once its descriptor is closed.</summary>
    private protected virtual void EndAttachments() => Attachment?.End();

    // The cache takes note of its own writes.
    private VfioConfigSpace UnannouncedConfig() => new(this, Region(VfioConstants.VFIO_PCI_CONFIG_REGION_INDEX), announces: false);

    private void End()
    {
        _ended = true;
        if (_configCache is not null) _configFamily?.Remove(_configCache);
        // Whoever still has the cache is refused like any other user of the device.
        Announce(ConfigSpaceEvent.Replaced);
        foreach (var mapping in _mappings) mapping.Unmap();
        _mappings.Clear();
        foreach (var ioEventFd in _ioEventFds) ioEventFd.End();
        _ioEventFds.Clear();
        Migration.EndSession();
        _fd.Dispose();
        // After the descriptor: if that was the last one, what was attached to and is given up can be destroyed now.
        EndAttachments();
        lock (Rooted) Rooted.Remove(this);
    }
}
