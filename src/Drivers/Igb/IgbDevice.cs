using System.Buffers;
using Devices.Drivers.Abi;
using Devices.Drivers.State;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Drivers;

/// <summary>
/// An Intel 82576 (igb) as a copy engine: it sends itself frames in loopback, without a link, and so moves memory by DMA both ways, with
/// an MSI-X interrupt for each frame. For rigs that need a real device's DMA and interrupts, and no network.
/// </summary>
/// <remarks>
/// <para>A copy is cut into frames of up to <see cref="BytesPerFrame"/> bytes, with a head of 1024 bytes before each that stays in the
/// driver's own memory: any alignment and any length from 1 byte is copied, and any content.</para>
/// <para>Between copies both rings are empty, no receive buffer is with the device and nobody else can send to it: it does no DMA.</para>
/// <para>What the IOMMU refuses is not told by every device. QEMU's 82576 reads zeros, or drops the frame, where it cannot read, and takes
/// for written what went nowhere. So the copies by <see cref="DmaMemory"/> are compared, and a copy never ends well whose bytes are not
/// there; those by bare addresses report only what the device does. Neither waits longer than <see cref="IgbOptions.Timeout"/>.</para>
/// <para>Tested on QEMU's device. The 82576 itself is set up as by the kernel's VFIO selftests, which have driven it.</para>
/// <para>The order: <see cref="Start"/>; copies; <see cref="Quiesce"/>, <see cref="Save"/>; the kernel changes; <see cref="Continue"/>,
/// then <see cref="Resume"/>; copies on the same rings. The methods are for one owner; quiescing may come from another thread.</para>
/// </remarks>
public sealed class IgbDevice : IKeepableDriver, IDisposable
{
    /// <summary>Intel's vendor id.</summary>
    public const ushort VendorId = 0x8086;

    /// <summary>The device id of the 82576.</summary>
    public const ushort DeviceId = 0x10c9;

    /// <summary>The most bytes that one frame moves. The device's frames have at most 9.5 KiB, of which a KiB is the head.</summary>
    public const int BytesPerFrame = 8192;

    private readonly Lock _gate = new();
    private readonly IgbRegisters _registers;
    private readonly DmaMemory _memory;
    private readonly IgbRings _rings;
    private readonly bool _hasInterrupts;
    private readonly TimeSpan _limit;
    private readonly IgbState? _continued;
    private ulong _copies;
    private ulong _bytes;
    private string? _failed;
    private bool _quiesced;
    private bool _ended;

    private IgbDevice(IgbRegisters registers, DmaMemory memory, IgbRings rings, bool hasInterrupts, TimeSpan limit, IgbState? continued)
    {
        _registers = registers;
        _memory = memory;
        _rings = rings;
        _hasInterrupts = hasInterrupts;
        _limit = limit;
        _continued = continued;
    }

    /// <summary>The device.</summary>
    public PciAddress Address => _registers.Device;

    /// <summary>What it was given and did.</summary>
    public IgbStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                _rings.TakeInterrupts();
                return new IgbStatistics(_copies, _rings.Submitted, _bytes, _rings.Interrupts);
            }
        }
    }

    /// <summary>Whether it takes no copies because of <see cref="Quiesce"/>, or because it was continued and not resumed.</summary>
    public bool IsQuiesced => _quiesced;

    /// <inheritdoc/>
    /// <value><c>igb</c>.</value>
    public string DriverName => IgbStateReader.Driver;

    /// <inheritdoc/>
    public uint StateVersion => IgbStateReader.Version;

    /// <summary>Initialises a device: resets its registers (CTRL.RST; the PCI configuration stays), gives it its rings, brings it into loopback.</summary>
    /// <param name="attachment">The device, which reaches the memory. Memory Space and Bus Master are switched on.</param>
    /// <param name="memory">For the device alone, at least <see cref="IgbOptions.RequiredMemory"/> bytes; it must outlive the device's use of it.</param>
    /// <param name="options">Frames in flight, and the time limit.</param>
    /// <param name="interrupts">MSI-X, enabled with an eventfd for vector 0; null polls.</param>
    /// <returns>The device, ready for copies. On QEMU that takes half a second, until its link is up.</returns>
    /// <exception cref="ArgumentException">The memory is too small or not reachable, or the vector is missing.</exception>
    /// <exception cref="DeviceTimeoutException">The link did not come up, or a queue was not enabled, in time.</exception>
    /// <exception cref="DeviceException">It is no 82576, is gone, or failed.</exception>
    public static IgbDevice Start(DmaAttachment attachment, DmaMemory memory, IgbOptions options, InterruptVectors? interrupts = null)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(options);
        DeviceAccess.CheckReachable(attachment, memory, nameof(memory));
        var vector = Vector(interrupts);
        CheckIdentity(attachment.Device);
        DeviceAccess.Enable(attachment.Device);
        return StartOn(attachment.Device.Address, new BarRegisters(attachment.Device.Bars[0].Map()), memory, options, vector);
    }

    /// <summary>
    /// Goes on with a device that was kept: checks that it is as it was saved and takes its rings over. Only reads until
    /// <see cref="Resume"/> and the first copy after it.
    /// </summary>
    /// <param name="attachment">The restored device: Memory Space and Bus Master on, memory mapped where it was.</param>
    /// <param name="memory">The memory of the rings, with its contents, at the same IOVA.</param>
    /// <param name="state">What <see cref="Save"/> wrote; every field is checked.</param>
    /// <param name="interrupts">As at <see cref="Start"/>: given if and only if they were given there.</param>
    /// <param name="timeout">As <see cref="IgbOptions.Timeout"/>; null is its default.</param>
    /// <returns>The device, quiesced.</returns>
    /// <exception cref="DriverStateException">The state is damaged, too new, or has a value out of range.</exception>
    /// <exception cref="DeviceMismatchException">A register or the memory is not as it was saved.</exception>
    /// <exception cref="DeviceException">It is no 82576, or gone.</exception>
    /// <exception cref="ArgumentException">The memory is not reachable, or the vector is missing or too many.</exception>
    public static IgbDevice Continue(DmaAttachment attachment, DmaMemory memory, ReadOnlySpan<byte> state, InterruptVectors? interrupts = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        ArgumentNullException.ThrowIfNull(memory);
        var saved = IgbStateReader.Read(state);
        DeviceAccess.CheckReachable(attachment, memory, nameof(memory));
        var vector = Vector(interrupts);
        CheckIdentity(attachment.Device);
        DeviceAccess.CheckEnabled(attachment.Device);
        return ContinueOn(attachment.Device.Address, new BarRegisters(attachment.Device.Bars[0].Map()), memory, saved, vector, timeout ?? new IgbOptions().Timeout);
    }

    /// <summary>Whether a device was reset since its state was saved, without continuing it; only reads registers.</summary>
    /// <param name="device">The device, with Memory Space on.</param>
    /// <param name="state">What <see cref="Save"/> wrote.</param>
    /// <exception cref="DriverStateException">The state is damaged, too new, or has a value out of range.</exception>
    /// <exception cref="DeviceGoneException">The device answers all ones.</exception>
    public static ResetEvidence ReadResetEvidence(VfioDevice device, ReadOnlySpan<byte> state)
    {
        ArgumentNullException.ThrowIfNull(device);
        var saved = IgbStateReader.Read(state);
        using var registers = new IgbRegisters(new BarRegisters(device.Bars[0].Map()), device.Address);
        return new ResetEvidence(device.Address, Compare(registers, saved));
    }

    /// <summary>Whether the device was reset while it was kept: its registers are compared with those that were saved.</summary>
    /// <remarks>
    /// Every reset, from CTRL.RST to that of the bus, clears RCTL.RXEN, TCTL.EN and the registers of the rings, and only a driver sets them
    /// again. The places in the rings (TDT, RDT) move with every copy: the evidence is to be taken before the first one.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The device was started here, not continued.</exception>
    /// <exception cref="DeviceGoneException">The device answers all ones.</exception>
    public ResetEvidence CheckNotReset()
    {
        ThrowIfEnded();
        if (_continued is null) throw new InvalidOperationException($"{Address}: the device was started here: there is no earlier state to compare with.");
        return new ResetEvidence(Address, Compare(_registers, _continued));
    }

    /// <summary>Has the device copy memory, waits for it, and compares the two.</summary>
    /// <param name="source">Mapped for this device, readable for it. Not to be written to meanwhile.</param>
    /// <param name="sourceOffset">Where in it, in bytes.</param>
    /// <param name="destination">Mapped for this device, writable for it.</param>
    /// <param name="destinationOffset">Where in it, in bytes; the two must not overlap.</param>
    /// <param name="length">In bytes, at least 1.</param>
    /// <exception cref="ArgumentException">Beyond the memory, not mapped or not permitted to the device, or overlapping. Nothing was copied.</exception>
    /// <exception cref="DeviceException">
    /// The bytes did not arrive; or the device failed, or is gone: then it was stopped, and what the destination holds is not known.
    /// </exception>
    /// <exception cref="DeviceTimeoutException">The device, or its interrupt, did not answer in time, and was stopped.</exception>
    /// <exception cref="InvalidOperationException">The device is quiesced.</exception>
    public void Copy(DmaMemory source, ulong sourceOffset, DmaMemory destination, ulong destinationOffset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        var reached = _memory.Mapping.Mapper;
        var from = DeviceAccess.Window(reached, source, sourceOffset, length, DmaAccess.Read);
        var to = DeviceAccess.Window(reached, destination, destinationOffset, length, DmaAccess.Write);
        CopyUnchecked(new IgbCopy(from, to, length));
        var read = source.Bytes(sourceOffset, length);
        var written = destination.Bytes(destinationOffset, length);
        if (read.SequenceEqual(written)) return;
        var at = read.CommonPrefixLength(written);
        throw new DeviceException(Address, $"of {length} bytes copied from {from} to {to} those from byte {at} on are not the source's: the IOMMU kept the device out of one of them (the kernel's log has its faults), or they were written to meanwhile.");
    }

    /// <summary>
    /// Has the device copy by bare addresses, which are not checked, and waits for all of it. To see what the IOMMU lets through, and for
    /// memory that is not at hand here.
    /// </summary>
    /// <param name="batch">Done in this order, in rounds of <see cref="IgbOptions.FramesInFlight"/> frames.</param>
    /// <remarks>Good only means that the device reported every frame as sent and received: see the remarks on <see cref="IgbDevice"/>.</remarks>
    /// <exception cref="ArgumentException">A copy of no length, beyond 64 bits, onto itself, or into the rings. Nothing was copied.</exception>
    /// <exception cref="DeviceException">The device failed, or is gone: it was stopped, and what the destinations hold is not known.</exception>
    /// <exception cref="DeviceTimeoutException">The device, or its interrupt, did not answer in time, and was stopped.</exception>
    /// <exception cref="InvalidOperationException">The device is quiesced.</exception>
    public void CopyUnchecked(params ReadOnlySpan<IgbCopy> batch)
    {
        foreach (var copy in batch) CheckCopy(copy);
        lock (_gate)
        {
            ThrowIfUnusable();
            try
            {
                foreach (var copy in batch) Add(copy);
                if (!_rings.IsEmpty) _rings.Run();
            }
            catch (Exception e) when (e is DeviceException or DeviceTimeoutException)
            {
                // What is left in the rings could still be written to memory that is somebody else's by then.
                _registers.Halt();
                _failed = e.Message;
                throw;
            }

            _copies += (ulong)batch.Length;
        }
    }

    /// <summary>Has the device raise its interrupt: vector 0 without a frame (EICS).</summary>
    /// <exception cref="InvalidOperationException">The device is polled, or quiesced.</exception>
    public void RaiseInterrupt()
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            if (!_hasInterrupts) throw new InvalidOperationException($"{Address}: the device is polled.");
            _registers.RaiseInterrupt();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="DeviceTimeoutException">A copy was still under way after <see cref="IgbOptions.Timeout"/>; it goes on.</exception>
    /// <exception cref="DeviceException">The device has failed, or is gone.</exception>
    public void Quiesce()
    {
        ThrowIfEnded();
        if (!_gate.TryEnter(_limit)) throw new DeviceTimeoutException(Address, "a copy under way to end", _limit, "The device works on.");
        try
        {
            ThrowIfFailed();
            _registers.CheckAlive();
            _quiesced = true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="DeviceException">The device has failed, or is gone.</exception>
    public void Resume()
    {
        ThrowIfEnded();
        ThrowIfFailed();
        _registers.CheckAlive();
        _quiesced = false;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The device is not quiesced.</exception>
    /// <exception cref="DeviceGoneException">The device answers all ones.</exception>
    public void Save(IBufferWriter<byte> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ThrowIfEnded();
        if (!_quiesced) throw new InvalidOperationException($"{Address}: the device is not quiesced.");
        _rings.TakeInterrupts();
        var layout = _rings.Layout;
        var saved = new IgbState
        {
            Iova = _memory.Iova.Value,
            Length = _memory.Length,
            MemoryId = DriverMemory.IdOf(_memory),
            Frames = (uint)layout.Frames,
            TransmitEntries = (uint)layout.TransmitEntries,
            ReceiveEntries = (uint)layout.ReceiveEntries,
            TransmitOffset = layout.TransmitRing,
            ReceiveOffset = layout.ReceiveRing,
            HeadsOffset = layout.Heads,
            LandingsOffset = layout.Landings,
            Submitted = _rings.Submitted,
            Copies = _copies,
            Bytes = _bytes,
            Interrupts = _rings.Interrupts,
        };
        foreach (var (name, offset) in IgbRegisters.Kept) saved.Registers.Add(new IgbRegisterState { Offset = offset, Value = _registers.Read(offset, name) });
        StateEnvelope.Write(state, IgbStateReader.Version, IgbStateReader.Version, saved);
    }

    /// <summary>Ends the device's work: waits for a copy under way and resets its registers, so that it knows of no memory any more.</summary>
    /// <exception cref="DeviceTimeoutException">A copy was still under way after <see cref="IgbOptions.Timeout"/>; it goes on.</exception>
    /// <exception cref="DeviceException">The device has failed, or is gone.</exception>
    public void Shutdown()
    {
        Quiesce();
        _ended = true;
        _registers.Reset();
    }

    /// <summary>Gives up the registers. The device is left as it is, at rest, and can be continued from a saved state.</summary>
    public void Dispose()
    {
        _ended = true;
        _registers.Dispose();
    }

    /// <summary>The address.</summary>
    public override string ToString() => $"{Address} igb";

    internal static IgbDevice StartOn(PciAddress address, IRegisterBlock block, DmaMemory memory, IgbOptions options, EventFd? interrupt)
    {
        try
        {
            var layout = IgbMemoryLayout.For(options);
            if (memory.Length < layout.Length) throw new ArgumentException($"{address}: the rings need 0x{layout.Length:x} bytes of memory, there are 0x{memory.Length:x}.", nameof(memory));
            if (!memory.Iova.IsAligned(IgbMemoryLayout.PageBytes)) throw new ArgumentException($"{address}: the memory at {memory.Iova} is not aligned to pages of {IgbMemoryLayout.PageBytes} bytes.", nameof(memory));
            // The state names the whole memory, of which the rings take the beginning.
            layout = layout with { Length = memory.Length };
            var registers = new IgbRegisters(block, address);
            registers.Reset();
            try
            {
                return StartCore(registers, memory, layout, options.Timeout, interrupt);
            }
            catch
            {
                // The caller will use the memory for something else: the device must not know of it any more.
                registers.Halt();
                throw;
            }
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    internal static IgbDevice ContinueOn(PciAddress address, IRegisterBlock block, DmaMemory memory, IgbState state, EventFd? interrupt, TimeSpan limit)
    {
        try
        {
            var hasInterrupts = IgbStateReader.HasInterrupts(state);
            if (hasInterrupts != interrupt is not null)
            {
                throw new ArgumentException(
                    hasInterrupts
                        ? $"{address}: the device was started with interrupts, and without a vector they would go astray."
                        : $"{address}: the device was started without interrupts: none will come.",
                    nameof(interrupt));
            }

            var registers = new IgbRegisters(block, address);
            IgbStateReader.CheckMemory(state, memory, address);
            DeviceAccess.CheckAccess(memory, nameof(memory));
            foreach (var compared in Compare(registers, state))
            {
                if (compared.Matches) continue;
                throw new DeviceMismatchException(address, compared.Register, compared.Saved, compared.Found, compared.ClearedByReset ? "The device was reset or used since: start it instead." : null);
            }

            var rings = new IgbRings(registers, memory, IgbStateReader.Layout(state), interrupt, limit);
            rings.Continue((int)IgbStateReader.Value(state, E1000.TDT), (int)IgbStateReader.Value(state, E1000.RDT), state.Submitted, state.Interrupts);
            return new IgbDevice(registers, memory, rings, hasInterrupts, limit, state)
            {
                _copies = state.Copies,
                _bytes = state.Bytes,
                _quiesced = true,
            };
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    private static IgbDevice StartCore(IgbRegisters registers, DmaMemory memory, IgbMemoryLayout layout, TimeSpan limit, EventFd? interrupt)
    {
        DriverMemory.WriteHeader(memory, IgbMemoryLayout.HeaderMagic);
        memory.WriteUInt64(IgbMemoryLayout.HeaderSubmittedOffset, 0);
        var rings = new IgbRings(registers, memory, layout, interrupt, limit);
        rings.WriteHeads();
        registers.SetUp(memory.Iova, layout, interrupt is not null);
        return new IgbDevice(registers, memory, rings, interrupt is not null, limit, continued: null);
    }

    private static EventFd? Vector(InterruptVectors? interrupts)
    {
        if (interrupts is null) return null;
        return interrupts.Vectors.Count > 0 && interrupts.Vectors[0] is { } vector
            ? vector
            : throw new ArgumentException("Vector 0 is not enabled, or has no eventfd: a copy would wait forever.", nameof(interrupts));
    }

    private static void CheckIdentity(VfioDevice device)
    {
        var (vendor, id) = (device.ConfigSpace.ReadUInt16(PciRegs.PCI_VENDOR_ID), device.ConfigSpace.ReadUInt16(PciRegs.PCI_DEVICE_ID));
        if ((vendor, id) != (VendorId, DeviceId)) throw new DeviceException(device.Address, $"{vendor:x4}:{id:x4} is no 82576, which is {VendorId:x4}:{DeviceId:x4}.");
    }

    private static List<RegisterComparison> Compare(IgbRegisters registers, IgbState saved)
        => [.. saved.Registers.Zip(IgbRegisters.Kept, (before, kept) => new RegisterComparison(
            kept.Name, before.Value, registers.Read(kept.Offset, kept.Name), IgbRegisters.IsClearedByReset(kept.Offset, before.Value)))];

    private void CheckCopy(in IgbCopy copy)
    {
        if (copy.Length <= 0) throw new ArgumentOutOfRangeException(nameof(copy), $"A copy of {copy.Length} bytes.");
        var last = (ulong)copy.Length - 1;
        if (Math.Max(copy.Source.Value, copy.Destination.Value) > ulong.MaxValue - last) throw new ArgumentException($"{copy.Length} bytes from {copy.Source} to {copy.Destination} end beyond 64 bits.", nameof(copy));
        var (source, destination) = (IovaRange.OfLength(copy.Source, (ulong)copy.Length), IovaRange.OfLength(copy.Destination, (ulong)copy.Length));
        if (source.Overlaps(destination)) throw new ArgumentException($"The destination {destination} overlaps the source {source}.", nameof(copy));
        if (destination.Overlaps(_memory.Mapping.Range)) throw new ArgumentException($"The destination {destination} overlaps the device's rings at {_memory.Mapping.Range}.", nameof(copy));
    }

    private void Add(in IgbCopy copy)
    {
        for (var done = 0; done < copy.Length; done += BytesPerFrame)
        {
            if (_rings.IsFull) _rings.Run();
            var bytes = Math.Min(copy.Length - done, BytesPerFrame);
            _rings.Add(copy.Source + (ulong)done, copy.Destination + (ulong)done, bytes);
            _bytes += (ulong)bytes;
        }
    }

    private void ThrowIfUnusable()
    {
        ThrowIfEnded();
        ThrowIfFailed();
        if (_quiesced) throw new InvalidOperationException($"{Address}: the device is quiesced.");
    }

    private void ThrowIfFailed()
    {
        if (_failed is not null) throw new DeviceFailedException(Address, $"the device was stopped and has to be started anew. The reason was: {_failed}");
    }

    private void ThrowIfEnded() => ObjectDisposedException.ThrowIf(_ended, this);
}
