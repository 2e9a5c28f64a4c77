using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>
/// A PCI device bound to an iommufd: registers, interrupts, configuration space, and attachment to an address space. For one owner, as
/// all that comes from it.
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
/// <para>A bound device is never closed by the garbage collector: it stays open until one of the two, or until the process ends.</para>
/// </remarks>
public sealed class VfioDevice : IDisposable
{
    private const int BarCount = 6;

    // Keeps bound devices from being finalised, which would be their last close.
    private static readonly HashSet<VfioDevice> Rooted = [];

    private readonly List<BarMapping> _mappings = [];
    private readonly Dictionary<int, VfioRegion> _regions = [];
    private readonly List<PasidAttachment> _pasids = [];
    private readonly FileDescriptor _fd;
    private VfioConfigSpace? _configSpace;
    private DmaAttachment? _attachment;
    private bool _ended;

    internal VfioDevice(FileDescriptor fd, PciAddress address, IommuContext context, uint? deviceId, bool adopted)
    {
        _fd = fd;
        Address = address;
        Context = context;
        IommufdDeviceId = deviceId;
        Interrupts = new VfioInterrupts(this, inherited: adopted);
        lock (Rooted) Rooted.Add(this);
        try
        {
            Info = VfioDeviceInfo.Read(fd, address.ToString());
            Bars = [.. Enumerable.Range(VfioConstants.VFIO_PCI_BAR0_REGION_INDEX, BarCount).Select(index => new Bar(Region(index)))];
        }
        catch
        {
            Leave();
            throw;
        }
    }

    /// <summary>Its address.</summary>
    public PciAddress Address { get; }

    /// <summary>The iommufd that it is bound to.</summary>
    public IommuContext Context { get; }

    /// <summary>Its id in the iommufd; null if it was taken over from a process that did not tell.</summary>
    public uint? IommufdDeviceId { get; }

    /// <summary>What it says of itself.</summary>
    public VfioDeviceInfo Info { get; }

    /// <summary>Its BARs by number, 0 to 5; those that it does not have are there with size 0.</summary>
    public IReadOnlyList<Bar> Bars { get; }

    /// <summary>Its interrupts.</summary>
    public VfioInterrupts Interrupts { get; }

    /// <summary>The descriptor, owned by this object: its duplicate in another process keeps the device open.</summary>
    public FileDescriptor Fd => _fd;

    /// <summary>Whether <see cref="Reset"/> can work: decided when the device was opened.</summary>
    public bool SupportsReset => Info.Flags.HasFlag(VfioDeviceFlags.Reset);

    /// <summary>The attachment made through this object, or null.</summary>
    public DmaAttachment? Attachment => _attachment is { IsAttached: true } ? _attachment : null;

    /// <summary>
    /// The configuration space as VFIO shows it: BARs, MSI, MSI-X and Command are virtualised. Writes that would take the registers away
    /// from under a mapped BAR (Memory Enable cleared, another power state than D0) throw <see cref="InvalidOperationException"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The device was disposed or left.</exception>
    public IPciConfigSpace ConfigSpace => Config;

    internal bool DecodesMemory => Config.DecodesMemory;

    private VfioConfigSpace Config
    {
        get
        {
            ThrowIfEnded();
            return _configSpace ??= new VfioConfigSpace(this, Region(VfioConstants.VFIO_PCI_CONFIG_REGION_INDEX));
        }
    }

    /// <summary>A region by its index; asked of the kernel once. Asking for the ROM (6) reads it.</summary>
    /// <param name="index">0 to <see cref="VfioDeviceInfo.RegionCount"/> - 1.</param>
    /// <remarks><c>VFIO_DEVICE_GET_REGION_INFO</c>.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">No such index.</exception>
    /// <exception cref="LinuxException">EINVAL: the device does not have this region (VGA).</exception>
    public VfioRegion Region(int index)
    {
        ThrowIfEnded();
        if (index < 0 || index >= Info.RegionCount)
            throw new ArgumentOutOfRangeException(nameof(index), $"{Address} has the regions 0 to {Info.RegionCount - 1}.");
        if (!_regions.TryGetValue(index, out var region)) _regions.Add(index, region = VfioRegion.Query(this, index));
        return region;
    }

    /// <summary>
    /// Attaches the device to an address space: from now on it reaches what is mapped there, and nothing else. For a device
    /// that was taken over: the address space that it is attached to already changes nothing, another one replaces it.
    /// </summary>
    /// <param name="ioas">The address space, of the context that the device is bound to.</param>
    /// <remarks><c>VFIO_DEVICE_ATTACH_IOMMUFD_PT</c>. What is mapped is pinned now.</remarks>
    /// <exception cref="ArgumentException">The address space belongs to another context.</exception>
    /// <exception cref="InvalidOperationException">The device is attached already.</exception>
    /// <exception cref="LinuxException">EADDRINUSE: something is mapped at a reserved address. EBUSY: the group is attached elsewhere.</exception>
    public DmaAttachment Attach(Ioas ioas)
    {
        ThrowIfAttached();
        var use = AttachTo(ioas);
        return _attachment = new DmaAttachment(this, ioas, null, use);
    }

    /// <summary>
    /// Attaches the device to a page table chosen by the caller, as <see cref="Attach(Ioas)"/> does to one that the kernel chooses: to
    /// track what it writes, to nest a guest's page table, to get its page faults, to use PASIDs besides.
    /// </summary>
    /// <param name="hwpt">The page table, of the context that the device is bound to.</param>
    /// <remarks><c>VFIO_DEVICE_ATTACH_IOMMUFD_PT</c>.</remarks>
    /// <exception cref="ArgumentException">The page table belongs to another context.</exception>
    /// <exception cref="InvalidOperationException">The device is attached already.</exception>
    /// <exception cref="LinuxException">
    /// EINVAL: the page table does not fit the device's IOMMU, or PASIDs of the device are attached and it was not made for them. ENODEV: it delivers
    /// page faults and the device raises none. EADDRINUSE, EBUSY: as for an address space.
    /// </exception>
    public DmaAttachment Attach(Hwpt hwpt)
    {
        ThrowIfAttached();
        var use = AttachTo(hwpt);
        return _attachment = new DmaAttachment(this, hwpt.Ioas, hwpt, use);
    }

    /// <summary>Attaches one of the device's PASIDs to a page table; the device itself may be attached to another one made for PASIDs.</summary>
    /// <param name="pasid">The PASID.</param>
    /// <param name="hwpt">The page table, made with <see cref="HwptFlags.Pasid"/>. What is attached to the PASID already is replaced.</param>
    /// <remarks>
    /// <c>VFIO_DEVICE_ATTACH_IOMMUFD_PT</c> with <c>VFIO_DEVICE_ATTACH_PASID</c>. The kernel takes it for a device that has no PASIDs
    /// (<see cref="IommuHardwareInfo.PasidBits"/> is 0) as well, where it has no effect.
    /// </remarks>
    /// <exception cref="ArgumentException">The page table belongs to another context, or was not made for PASIDs.</exception>
    /// <exception cref="InvalidOperationException">The PASID is attached already.</exception>
    /// <exception cref="LinuxException">
    /// EOPNOTSUPP: the device's IOMMU has no PASIDs. EINVAL: this one is out of the device's reach, or the device is attached to a page table
    /// not made for PASIDs.
    /// </exception>
    public PasidAttachment AttachPasid(Pasid pasid, Hwpt hwpt)
    {
        ThrowIfEnded();
        if (_pasids.Find(known => known.IsAttached && known.Pasid == pasid) is { } current)
            throw new InvalidOperationException($"{current} is attached to {current.Hwpt} already: detach it first, or replace it.");
        var attachment = new PasidAttachment(this, pasid, hwpt, AttachTo(hwpt, pasid));
        _pasids.RemoveAll(known => !known.IsAttached);
        _pasids.Add(attachment);
        return attachment;
    }

    /// <summary>Resets the device alone, by the first of its reset methods that works. Interrupts stay armed, BARs mapped.</summary>
    /// <remarks><c>VFIO_DEVICE_RESET</c>. Takes 100 ms and more on real hardware.</remarks>
    /// <exception cref="LinuxException">EINVAL: it has no reset method, or none when it was opened. EAGAIN: it is locked.</exception>
    public void Reset()
    {
        ThrowIfEnded();
        var errno = Ioctl.TryValue(_fd, VfioIoctl.VFIO_DEVICE_RESET, 0, out _);
        if (errno != Errno.None) throw VfioIoctl.Failure(errno, nameof(VfioIoctl.VFIO_DEVICE_RESET), Address.ToString());
    }

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
    /// Gives up the device: disarms the interrupts armed through this object, unmaps its BARs, closes this process's descriptor. It is
    /// not detached or reset here; the kernel does both if nobody else holds the device.
    /// </summary>
    /// <exception cref="LinuxException">An interrupt could not be disarmed; all the rest is done.</exception>
    public void Dispose()
    {
        if (_ended) return;
        try
        {
            Interrupts.DisableOwn();
        }
        finally
        {
            End();
        }
    }

    /// <summary>Its address.</summary>
    public override string ToString() => Address.ToString();

    internal void ThrowIfEnded()
    {
        if (_ended) throw new ObjectDisposedException(nameof(VfioDevice), $"The device {Address} was disposed or left.");
    }

    internal IommuObjectUse AttachTo(Hwpt hwpt, Pasid pasid)
    {
        ArgumentNullException.ThrowIfNull(hwpt);
        if (pasid.Value == 0) throw new ArgumentException("The default value is no PASID.", nameof(pasid));
        if (!hwpt.Flags.HasFlag(HwptFlags.Pasid)) throw new ArgumentException($"{hwpt} was not made with {nameof(HwptFlags.Pasid)}.", nameof(hwpt));
        return AttachTo(hwpt, VfioConstants.VFIO_DEVICE_ATTACH_PASID, pasid.Value, $"{Address} PASID {pasid}");
    }

    internal IommuObjectUse AttachTo(IommuObject target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return AttachTo(target, 0, 0, Address.ToString());
    }

    internal unsafe void Detach(Pasid? pasid)
    {
        ThrowIfEnded();
        var detach = new vfio_device_detach_iommufd_pt
        {
            argsz = (uint)sizeof(vfio_device_detach_iommufd_pt),
            flags = pasid is null ? 0 : VfioConstants.VFIO_DEVICE_DETACH_PASID,
            pasid = pasid?.Value ?? 0,
        };
        VfioIoctl.Call(_fd, ref detach, pasid is null ? Address.ToString() : $"{Address} PASID {pasid}");
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

    private unsafe IommuObjectUse AttachTo(IommuObject target, uint flags, uint pasid, string subject)
    {
        ThrowIfEnded();
        // An id is meaningless in another iommufd: there it could name somebody else's memory.
        if (!ReferenceEquals(target.Context, Context))
            throw new ArgumentException($"{target} belongs to another context than {Address} is bound to.", nameof(target));
        var attach = new vfio_device_attach_iommufd_pt { argsz = (uint)sizeof(vfio_device_attach_iommufd_pt), flags = flags, pt_id = target.Id, pasid = pasid };
        var use = target.Hold(subject);
        try
        {
            VfioIoctl.Call(_fd, ref attach, $"{subject} to {target}");
            return use;
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }

    private void ThrowIfAttached()
    {
        ThrowIfEnded();
        if (Attachment is { } current) throw new InvalidOperationException($"{Address} is attached to {current.Hwpt ?? (IommuObject)current.Ioas} already: detach it first.");
    }

    private void End()
    {
        _ended = true;
        foreach (var mapping in _mappings) mapping.Unmap();
        _mappings.Clear();
        _fd.Dispose();
        // After the descriptor: if that was the last one, what was attached to and is given up can be destroyed now.
        _attachment?.End();
        foreach (var pasid in _pasids) pasid.End();
        _pasids.Clear();
        lock (Rooted) Rooted.Remove(this);
    }
}
