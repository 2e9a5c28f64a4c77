using System.Buffers;
using System.Diagnostics;
using Devices.Drivers.State;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Drivers;

/// <summary>
/// QEMU's educational device: a few registers, a factorial, a DMA engine with 4096 bytes of buffer, one interrupt. The smallest driver of a
/// device that can be kept, and the one to read first. For one owner.
/// </summary>
/// <remarks>The device is described in QEMU's documentation as "EDU device". Its DMA engine has addresses of 28 bits.</remarks>
public sealed class EduDevice : IKeepableDriver, IDisposable
{
    /// <summary>The vendor id of QEMU's test devices.</summary>
    public const ushort VendorId = 0x1234;

    /// <summary>The device id.</summary>
    public const ushort DeviceId = 0x11e8;

    /// <summary>The length of the device's own buffer in bytes.</summary>
    public const int BufferBytes = 4096;

    /// <summary>The first IOVA that its DMA engine cannot reach: it drops the upper bits of higher ones, and would use other memory.</summary>
    public const ulong DmaLimit = 1UL << 28;

    private const string Driver = "edu";
    private const uint Version = 1;
    private const uint IdentificationMask = 0xffff;
    private const uint IdentificationValue = 0x00ed;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private readonly IDmaMapper _reached;
    private readonly IRegisterBlock _registers;
    private readonly EventFd? _interrupt;
    private readonly IntxInterrupt? _line;
    private readonly EduState? _continued;
    private bool _quiesced;
    private bool _ended;

    private EduDevice(PciAddress address, IDmaMapper reached, IRegisterBlock registers, EventFd? interrupt, IntxInterrupt? line, EduState? continued)
    {
        Address = address;
        _reached = reached;
        _registers = registers;
        _interrupt = interrupt;
        _line = line;
        _continued = continued;
        _quiesced = continued is not null;
    }

    /// <summary>The device.</summary>
    public PciAddress Address { get; }

    /// <summary>The identification register: major version, minor version, 0x00ed.</summary>
    public uint Identification => Read(EduRegister.Identification, "identification");

    /// <summary>The liveness register: the inverse of what was written last, and with that a register to keep a value in.</summary>
    /// <remarks>Every value is an answer here, all ones too.</remarks>
    public uint Liveness => _registers.ReadUInt32(EduRegister.Liveness);

    /// <summary>The factorial register: the last result.</summary>
    public uint LastFactorial => _registers.ReadUInt32(EduRegister.Factorial);

    /// <summary>The interrupt status: the bits that were raised and not acknowledged.</summary>
    public uint InterruptStatus => Read(EduRegister.InterruptStatus, "interrupt status");

    /// <summary>Whether it refuses work because of <see cref="Quiesce"/>, or because it was continued and not resumed.</summary>
    public bool IsQuiesced => _quiesced;

    /// <inheritdoc/>
    /// <value><c>edu</c>.</value>
    public string DriverName => Driver;

    /// <inheritdoc/>
    public uint StateVersion => Version;

    /// <summary>Takes the device into use: switches Memory Space and Bus Master on, ends what may be left of an earlier use.</summary>
    /// <param name="attachment">The device, attached to the address space of the memory that it will copy from and to.</param>
    /// <param name="interrupt">The eventfd that MSI vector 0, or INTx, signals; null polls.</param>
    /// <param name="line">With INTx: the line, which is unmasked after each interrupt was acknowledged. Null with MSI.</param>
    /// <exception cref="DeviceException">It is no edu device, or gone.</exception>
    /// <exception cref="DeviceTimeoutException">What it was doing did not end in time.</exception>
    public static EduDevice Start(DmaAttachment attachment, EventFd? interrupt = null, IntxInterrupt? line = null)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        DeviceAccess.Enable(attachment.Device);
        return StartOn(attachment.Device.Address, attachment.Mapper, new BarRegisters(attachment.Device.Bars[0].Map()), interrupt, line);
    }

    /// <summary>Goes on with a device that was kept: checks that its registers are as they were saved. Nothing is written.</summary>
    /// <param name="attachment">The restored device, Memory Space and Bus Master on.</param>
    /// <param name="state">What <see cref="Save"/> wrote; every field is checked.</param>
    /// <param name="interrupt">As at <see cref="Start"/>.</param>
    /// <param name="line">As at <see cref="Start"/>.</param>
    /// <returns>The device, quiesced.</returns>
    /// <exception cref="DriverStateException">The state is damaged, too new, or has a value out of range.</exception>
    /// <exception cref="DeviceMismatchException">A register is not as it was saved.</exception>
    /// <exception cref="DeviceGoneException">The device answers all ones.</exception>
    public static EduDevice Continue(DmaAttachment attachment, ReadOnlySpan<byte> state, EventFd? interrupt = null, IntxInterrupt? line = null)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        var saved = ReadState(state);
        DeviceAccess.CheckEnabled(attachment.Device);
        return ContinueOn(attachment.Device.Address, attachment.Mapper, new BarRegisters(attachment.Device.Bars[0].Map()), saved, interrupt, line);
    }

    /// <summary>Whether the registers are as they were saved, without continuing; only reads.</summary>
    /// <param name="device">The device, with Memory Space on.</param>
    /// <param name="state">What <see cref="Save"/> wrote.</param>
    /// <exception cref="DriverStateException">The state is damaged, too new, or has a value out of range.</exception>
    /// <exception cref="DeviceGoneException">The device answers all ones.</exception>
    public static ResetEvidence ReadResetEvidence(VfioDevice device, ReadOnlySpan<byte> state)
    {
        ArgumentNullException.ThrowIfNull(device);
        var saved = ReadState(state);
        using var registers = new BarRegisters(device.Bars[0].Map());
        return new ResetEvidence(device.Address, Compare(device.Address, registers, saved));
    }

    /// <summary>Whether the registers are as they were saved.</summary>
    /// <remarks>
    /// QEMU's model of the device has no reset method and keeps its registers over a reset of its bus: equal registers tell that nobody
    /// used the device meanwhile and that it is the same one, which is as much as it can tell.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The device was started here, not continued.</exception>
    /// <exception cref="DeviceGoneException">The device answers all ones.</exception>
    public ResetEvidence CheckNotReset()
    {
        ThrowIfEnded();
        if (_continued is null) throw new InvalidOperationException($"{Address}: the device was started here: there is no earlier state to compare with.");
        return new ResetEvidence(Address, Compare(Address, _registers, _continued));
    }

    /// <summary>Writes the liveness register and checks that it answers with the inverse.</summary>
    /// <param name="value">What to write; <see cref="Liveness"/> is its inverse afterwards.</param>
    /// <exception cref="DeviceFailedException">It answers something else.</exception>
    /// <exception cref="InvalidOperationException">The device is quiesced.</exception>
    public void CheckLiveness(uint value)
    {
        ThrowIfUnusable();
        _registers.WriteUInt32(EduRegister.Liveness, value);
        var answer = Liveness;
        if (answer != ~value) throw new DeviceFailedException(Address, $"the liveness register answers 0x{answer:x8} to 0x{value:x8}, not its inverse 0x{~value:x8}.");
    }

    /// <summary>Has the device compute a factorial, and waits for it, by interrupt if there is one.</summary>
    /// <param name="number">The number. The result is cut to 32 bits, so from 13 on it is not the true one.</param>
    /// <returns>The result.</returns>
    /// <exception cref="DeviceTimeoutException">No result, or no interrupt, in time.</exception>
    /// <exception cref="InvalidOperationException">The device is quiesced.</exception>
    public uint Factorial(uint number)
    {
        ThrowIfUnusable();
        _registers.WriteUInt32(EduRegister.Status, _interrupt is null ? 0 : EduRegister.StatusInterruptAfterFactorial);
        _registers.WriteUInt32(EduRegister.Factorial, number);
        if (_interrupt is not null) AwaitInterrupt(EduRegister.FactorialInterrupt, "the interrupt of the factorial");
        AwaitIdle(EduRegister.Status, EduRegister.StatusComputing, "the factorial");
        return LastFactorial;
    }

    /// <summary>Has the device copy memory into its buffer, and waits for it, by interrupt if there is one.</summary>
    /// <param name="source">Mapped for this device below <see cref="DmaLimit"/>, readable for it.</param>
    /// <param name="offset">Where in it, in bytes.</param>
    /// <param name="bufferOffset">Where in the buffer, in bytes.</param>
    /// <param name="length">1 to <see cref="BufferBytes"/> bytes, within the buffer.</param>
    /// <exception cref="ArgumentException">Beyond memory or buffer, at too high an address, or not permitted to the device.</exception>
    /// <exception cref="DeviceTimeoutException">The copy, or its interrupt, did not come in time.</exception>
    /// <exception cref="InvalidOperationException">The device is quiesced.</exception>
    public void CopyToDevice(DmaMemory source, ulong offset, int bufferOffset, int length)
        => Copy(Window(source, offset, bufferOffset, length, DmaAccess.Read), EduRegister.Buffer + (uint)bufferOffset, length, 0);

    /// <summary>Has the device copy its buffer into memory, and waits for it, by interrupt if there is one.</summary>
    /// <param name="destination">Mapped for this device below <see cref="DmaLimit"/>, writable for it.</param>
    /// <param name="offset">Where in it, in bytes.</param>
    /// <param name="bufferOffset">Where in the buffer, in bytes.</param>
    /// <param name="length">1 to <see cref="BufferBytes"/> bytes, within the buffer.</param>
    /// <exception cref="ArgumentException">Beyond memory or buffer, at too high an address, or not permitted to the device.</exception>
    /// <exception cref="DeviceTimeoutException">The copy, or its interrupt, did not come in time.</exception>
    /// <exception cref="InvalidOperationException">The device is quiesced.</exception>
    public void CopyFromDevice(DmaMemory destination, ulong offset, int bufferOffset, int length)
    {
        var address = Window(destination, offset, bufferOffset, length, DmaAccess.Write);
        Copy(EduRegister.Buffer + (uint)bufferOffset, address, length, EduRegister.DmaToMemory);
    }

    /// <summary>Has the device raise its interrupt.</summary>
    /// <param name="bits">Set in the interrupt status, where they stay until acknowledged.</param>
    /// <exception cref="ArgumentOutOfRangeException">No bit.</exception>
    /// <exception cref="InvalidOperationException">The device is quiesced.</exception>
    public void RaiseInterrupt(uint bits)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bits);
        ThrowIfUnusable();
        _registers.WriteUInt32(EduRegister.InterruptRaise, bits);
    }

    /// <summary>Waits until bits of the interrupt status have come by interrupt, and acknowledges them.</summary>
    /// <param name="bits">The bits.</param>
    /// <param name="limit">How long to wait.</param>
    /// <returns>False if not all came in time.</returns>
    /// <exception cref="InvalidOperationException">The device is polled, or quiesced.</exception>
    public bool TryAwaitInterrupt(uint bits, TimeSpan limit)
    {
        ThrowIfUnusable();
        if (_interrupt is null) throw new InvalidOperationException($"{Address}: the device is polled.");
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var left = limit - Stopwatch.GetElapsedTime(start);
            if (!_interrupt.TryWait(left > TimeSpan.Zero ? left : TimeSpan.Zero, out _)) return false;
            // The eventfd may have been signalled for another reason: a restore triggers every vector once.
            var raised = InterruptStatus & bits;
            if (raised != 0) AcknowledgeInterrupt(raised);
            else _line?.Unmask();
            if (raised == bits) return true;
            bits &= ~raised;
        }
    }

    /// <summary>Clears bits of the interrupt status; with INTx the line may fire again.</summary>
    /// <param name="bits">The bits.</param>
    /// <exception cref="InvalidOperationException">The device is quiesced.</exception>
    public void AcknowledgeInterrupt(uint bits)
    {
        ThrowIfUnusable();
        _registers.WriteUInt32(EduRegister.InterruptAcknowledge, bits);
        // The write is posted: were it not read back, the line would still be asserted when it is unmasked.
        _ = InterruptStatus;
        _line?.Unmask();
    }

    /// <inheritdoc/>
    /// <exception cref="DeviceTimeoutException">A factorial or a copy did not end in time; the device works on as before.</exception>
    /// <exception cref="DeviceGoneException">The device answers all ones.</exception>
    public void Quiesce()
    {
        ThrowIfEnded();
        if (_quiesced) return;
        AwaitIdle(EduRegister.Status, EduRegister.StatusComputing, "the factorial");
        AwaitIdle(EduRegister.DmaCommand, EduRegister.DmaRun, "the copy");
        _quiesced = true;
    }

    /// <inheritdoc/>
    /// <exception cref="DeviceGoneException">The device answers all ones.</exception>
    public void Resume()
    {
        ThrowIfEnded();
        CheckIdentification(Address, _registers);
        _quiesced = false;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The device is not quiesced.</exception>
    public void Save(IBufferWriter<byte> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ThrowIfEnded();
        if (!_quiesced) throw new InvalidOperationException($"{Address}: the device is not quiesced.");
        var saved = new EduState
        {
            Identification = CheckIdentification(Address, _registers),
            Liveness = Liveness,
            Factorial = LastFactorial,
            Status = _registers.ReadUInt32(EduRegister.Status),
            InterruptStatus = _registers.ReadUInt32(EduRegister.InterruptStatus),
            DmaSource = _registers.ReadUInt32(EduRegister.DmaSource),
            DmaDestination = _registers.ReadUInt32(EduRegister.DmaDestination),
            DmaCount = _registers.ReadUInt32(EduRegister.DmaCount),
            DmaCommand = _registers.ReadUInt32(EduRegister.DmaCommand),
        };
        StateEnvelope.Write(state, Version, Version, saved);
    }

    /// <summary>Gives up the registers; the device is left as it is.</summary>
    public void Dispose()
    {
        _ended = true;
        _registers.Dispose();
    }

    /// <summary>The address.</summary>
    public override string ToString() => $"{Address} edu";

    internal static EduDevice StartOn(PciAddress address, IDmaMapper reached, IRegisterBlock registers, EventFd? interrupt, IntxInterrupt? line)
    {
        try
        {
            CheckIdentification(address, registers);
            var device = new EduDevice(address, reached, registers, interrupt, line, null);
            device.AwaitIdle(EduRegister.Status, EduRegister.StatusComputing, "the factorial of an earlier use");
            device.AwaitIdle(EduRegister.DmaCommand, EduRegister.DmaRun, "the copy of an earlier use");
            device.AcknowledgeInterrupt(uint.MaxValue);
            return device;
        }
        catch
        {
            registers.Dispose();
            throw;
        }
    }

    internal static EduDevice ContinueOn(PciAddress address, IDmaMapper reached, IRegisterBlock registers, EduState saved, EventFd? interrupt, IntxInterrupt? line)
    {
        try
        {
            foreach (var compared in Compare(address, registers, saved))
            {
                if (!compared.Matches) throw new DeviceMismatchException(address, compared.Register, compared.Saved, compared.Found);
            }

            return new EduDevice(address, reached, registers, interrupt, line, saved);
        }
        catch
        {
            registers.Dispose();
            throw;
        }
    }

    internal static EduState ReadState(ReadOnlySpan<byte> bytes)
    {
        var state = StateEnvelope.Read(Driver, Version, bytes, EduState.Parser);
        Require((state.Identification & IdentificationMask) == IdentificationValue, "identification", $"0x{state.Identification:x8} is no edu's");
        Require((state.Status & EduRegister.StatusComputing) == 0, "status", "says that a factorial was being computed");
        Require((state.DmaCommand & EduRegister.DmaRun) == 0, "dma_command", "says that a copy was under way");
        return state;
    }

    private static void Require(bool holds, string field, string problem)
    {
        if (!holds) throw new DriverStateException(Driver, field, problem);
    }

    private static uint CheckIdentification(PciAddress address, IRegisterBlock registers)
    {
        if (registers.Length < EduRegister.MinLength) throw new DeviceException(address, $"BAR 0 has 0x{registers.Length:x} bytes: this is no edu device.");
        var found = registers.ReadUInt32(EduRegister.Identification);
        if (found == uint.MaxValue) throw new DeviceGoneException(address, "identification");
        return (found & IdentificationMask) == IdentificationValue
            ? found
            : throw new DeviceException(address, $"the identification register is 0x{found:x8}, whose lower half should be 0x00ed: this is no edu device.");
    }

    private static List<RegisterComparison> Compare(PciAddress address, IRegisterBlock registers, EduState saved)
        =>
        [
            new("identification", saved.Identification, CheckIdentification(address, registers), ClearedByReset: false),
            new("liveness", saved.Liveness, registers.ReadUInt32(EduRegister.Liveness), ClearedByReset: true),
            new("factorial", saved.Factorial, registers.ReadUInt32(EduRegister.Factorial), ClearedByReset: true),
            new("status", saved.Status, registers.ReadUInt32(EduRegister.Status), ClearedByReset: true),
            new("interrupt status", saved.InterruptStatus, registers.ReadUInt32(EduRegister.InterruptStatus), ClearedByReset: true),
            new("DMA source", saved.DmaSource, registers.ReadUInt32(EduRegister.DmaSource), ClearedByReset: true),
            new("DMA destination", saved.DmaDestination, registers.ReadUInt32(EduRegister.DmaDestination), ClearedByReset: true),
            new("DMA count", saved.DmaCount, registers.ReadUInt32(EduRegister.DmaCount), ClearedByReset: true),
            new("DMA command", saved.DmaCommand, registers.ReadUInt32(EduRegister.DmaCommand), ClearedByReset: true),
        ];

    private uint Window(DmaMemory memory, ulong offset, int bufferOffset, int length, DmaAccess needed)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfNegative(bufferOffset);
        if (length > BufferBytes - bufferOffset)
            throw new ArgumentOutOfRangeException(nameof(length), $"{length} bytes at {bufferOffset} exceed the device's buffer of {BufferBytes}.");
        var first = DeviceAccess.Window(_reached, memory, offset, length, needed);
        if (first.Value > DmaLimit - (ulong)length)
            throw new ArgumentException($"The device cannot address {length} bytes at {first}: its addresses have 28 bits. Map the memory below {new Iova(DmaLimit)}.", nameof(memory));
        return (uint)first.Value;
    }

    private void Copy(uint source, uint destination, int length, uint direction)
    {
        ThrowIfUnusable();
        _registers.WriteUInt32(EduRegister.DmaSource, source);
        _registers.WriteUInt32(EduRegister.DmaDestination, destination);
        _registers.WriteUInt32(EduRegister.DmaCount, (uint)length);
        // The device reads the memory from here on.
        Volatile.WriteBarrier();
        _registers.WriteUInt32(EduRegister.DmaCommand, EduRegister.DmaRun | direction | (_interrupt is null ? 0 : EduRegister.DmaRaiseInterrupt));
        if (_interrupt is not null) AwaitInterrupt(EduRegister.DmaInterrupt, "the interrupt of the copy");
        AwaitIdle(EduRegister.DmaCommand, EduRegister.DmaRun, "the copy");
    }

    private void AwaitInterrupt(uint bits, string awaited)
    {
        if (TryAwaitInterrupt(bits, s_limit)) return;
        var status = InterruptStatus;
        throw new DeviceTimeoutException(Address, awaited, s_limit, $"The interrupt status is 0x{status:x}: {(status == 0 ? "the device raised none" : "it was raised and did not arrive")}.");
    }

    private void AwaitIdle(uint register, uint busy, string awaited)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var late = Stopwatch.GetElapsedTime(start) > s_limit;
            if ((Read(register, awaited) & busy) == 0) return;
            if (late) throw new DeviceTimeoutException(Address, $"{awaited} to end", s_limit);
            Thread.Sleep(1);
        }
    }

    private uint Read(uint register, string name)
    {
        var value = _registers.ReadUInt32(register);
        return value != uint.MaxValue ? value : throw new DeviceGoneException(Address, name);
    }

    private void ThrowIfUnusable()
    {
        ThrowIfEnded();
        if (_quiesced) throw new InvalidOperationException($"{Address}: the device is quiesced.");
    }

    private void ThrowIfEnded() => ObjectDisposedException.ThrowIf(_ended, this);
}
