using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>
/// An open PCI device: registers, interrupts, configuration space. For one owner, as all that comes from it. Which memory it reaches is
/// for the kind of device to say: an <see cref="IommufdDevice"/> is attached to an address space of an iommufd, a
/// <see cref="ContainerDevice"/> reaches what is mapped in its container.
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
    private readonly Dictionary<int, VfioRegion> _regions = [];
    private readonly FileDescriptor _fd;
    private VfioConfigSpace? _configSpace;
    private bool _ended;

    private protected VfioDevice(FileDescriptor fd, PciAddress address, bool adopted)
    {
        _fd = fd;
        Address = address;
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

    /// <summary>Through which address space it does DMA as far as this object knows: null where it does none.</summary>
    public abstract DmaAttachment? Attachment { get; }

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
        GC.SuppressFinalize(this);
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

    /// <summary>Lets go of what the device was attached to, once its descriptor is closed.</summary>
    private protected virtual void EndAttachments() => Attachment?.End();

    private void End()
    {
        _ended = true;
        foreach (var mapping in _mappings) mapping.Unmap();
        _mappings.Clear();
        _fd.Dispose();
        // After the descriptor: if that was the last one, what was attached to and is given up can be destroyed now.
        EndAttachments();
        lock (Rooted) Rooted.Remove(this);
    }
}
