using System.Buffers.Binary;
using Devices.Drivers;
using Devices.Linux;

namespace Devices.Tests.Drivers;

/// <summary>
/// A model of an 82576 in loopback, as its data sheet has it: what is sent comes back into the receive ring, buffer by buffer. Faults are
/// switched on by its properties.
/// </summary>
internal sealed class IgbModel : IRegisterBlock
{
    private const uint Ctrl = 0, Status = 8, Mdic = 0x20, Rctl = 0x100, Tctl = 0x400, Eics = 0x1520, Eims = 0x1524, Eimc = 0x1528, Ivar0 = 0x1700;
    private const uint Receive = 0x2800, Transmit = 0x3800;
    private const uint BaseLow = 0, BaseHigh = 4, Bytes = 8, Srrctl = 0xc, Head = 0x10, Tail = 0x18, Control = 0x28;
    private const uint LinkUp = 1 << 1, MasterEnabled = 1 << 19, QueueEnabled = 1 << 25;

    private readonly ModelMemory _memory;
    private readonly uint[] _registers = new uint[0x20000 / 4];
    private readonly byte[] _frame = new byte[9728];
    private readonly List<ulong> _unreported = [];

    internal IgbModel(ModelMemory memory)
    {
        _memory = memory;
        Reset();
    }

    internal EventFd? Vector { get; set; }

    internal bool IsGone { get; set; }

    internal bool RefusesPhy { get; init; }

    internal bool LosesInterrupts { get; set; }

    /// <summary>Frames are not fetched until <see cref="Release"/>.</summary>
    internal bool Hold { get; set; }

    /// <summary>Frames are not reported as sent until <see cref="Report"/>, though they arrive.</summary>
    internal bool WithholdsReports { get; set; }

    /// <summary>How many frames are sent and lost before one arrives again.</summary>
    internal int Lost { get; set; }

    /// <summary>Payloads are received as zeros: what an IOMMU fault at their source comes to on QEMU.</summary>
    internal bool ReadsZeros { get; set; }

    /// <summary>How long the device takes over what it is given at once.</summary>
    internal TimeSpan Slowness { get; set; }

    /// <summary>Changes what is written back to a receive descriptor, of which the number since the frame's begin is given.</summary>
    internal Action<int, byte[]>? Corrupt { get; set; }

    internal List<(uint Offset, uint Value)> Writes { get; } = [];

    internal bool RecordsWrites { get; set; } = true;

    /// <summary>What sending and receiving frames has allocated here, which is not the driver's doing.</summary>
    internal long AllocatedBytes { get; private set; }

    internal bool IsDisposed { get; private set; }

    public ulong Length => 0x20000;

    internal uint this[uint offset]
    {
        get => _registers[offset / 4];
        set => _registers[offset / 4] = value;
    }

    public uint ReadUInt32(uint offset) => IsGone ? uint.MaxValue : this[offset];

    public void WriteUInt32(uint offset, uint value)
    {
        if (RecordsWrites) Writes.Add((offset, value));
        switch (offset)
        {
            case Ctrl when (value & (1 << 26)) != 0:
                Reset();
                break;
            case Ctrl:
                this[Ctrl] = value;
                this[Status] = ((value & (1 << 2)) == 0 ? MasterEnabled : 0) | ((value & (1 << 6)) != 0 ? LinkUp : 0);
                break;
            case Mdic:
                this[Mdic] = value | (1 << 28) | (RefusesPhy ? 1U << 30 : 0);
                break;
            case Eics:
                Interrupt(value);
                break;
            case Eims:
                this[Eims] |= value;
                break;
            case Eimc:
                this[Eims] &= ~value;
                break;
            case Transmit + Tail:
                this[offset] = value;
                if (Slowness > TimeSpan.Zero) Thread.Sleep(Slowness);
                if (!Hold) Release();
                break;
            default:
                this[offset] = value;
                break;
        }
    }

    public void Dispose() => IsDisposed = true;

    /// <summary>What any reset of the device does.</summary>
    internal void Reset()
    {
        _registers.AsSpan().Clear();
        this[Status] = MasterEnabled;
        this[0x10] = 1 << 9; // EECD.AUTO_RD
        this[Tctl] = 1 << 3;
        this[Transmit + Control] = this[Receive + Control] = QueueEnabled;
        this[0x5b00] = 1 << 16;
    }

    internal void Release()
    {
        Hold = false;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Send();
        AllocatedBytes += GC.GetAllocatedBytesForCurrentThread() - before;
    }

    internal void Report()
    {
        foreach (var at in _unreported) BinaryPrimitives.WriteUInt32LittleEndian(_memory.At(at + 12, 4), 1);
        _unreported.Clear();
    }

    private void Send()
    {
        if ((this[Tctl] & 2) == 0 || (this[Transmit + Control] & QueueEnabled) == 0) return;
        var length = 0;
        while (this[Transmit + Head] != this[Transmit + Tail])
        {
            var at = DescriptorAddress(Transmit);
            var descriptor = _memory.At(at, 16);
            var command = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[8..]);
            Assert.Equal(0x22300000U, command & 0xf6ff0000); // data, advanced, FCS; report and end are free
            var part = (int)(command & 0xffff);
            var address = BinaryPrimitives.ReadUInt64LittleEndian(descriptor);
            Assert.True((address & 0xfff) + (ulong)part <= 4096, "a part crosses a page");
            _memory.At(address, part).CopyTo(_frame.AsSpan(length));
            length += part;
            Advance(Transmit);
            if ((command & (1 << 24)) == 0) continue;
            Assert.Equal((uint)length, BinaryPrimitives.ReadUInt32LittleEndian(descriptor[12..]) >> 14);
            if ((command & (1 << 27)) != 0) _unreported.Add(at);
            if (!WithholdsReports) Report();
            if (ReadsZeros) _frame.AsSpan(1024, length - 1024).Clear();
            if (Lost > 0) Lost--;
            else Arrive(_frame.AsSpan(0, length));
            length = 0;
        }
    }

    private void Arrive(ReadOnlySpan<byte> frame)
    {
        if ((this[Rctl] & 2) == 0 || (this[Receive + Control] & QueueEnabled) == 0 || (this[Status] & LinkUp) == 0) return;
        Assert.Equal(0x88b5, BinaryPrimitives.ReadUInt16BigEndian(frame[12..]));
        var buffer = (int)(this[Receive + Srrctl] & 0x7f) * 1024;
        for (var number = 0; !frame.IsEmpty; number++)
        {
            if (this[Receive + Head] == this[Receive + Tail]) return;
            var descriptor = _memory.At(DescriptorAddress(Receive), 16);
            var part = Math.Min(buffer, frame.Length);
            frame[..part].CopyTo(_memory.At(BinaryPrimitives.ReadUInt64LittleEndian(descriptor), part));
            frame = frame[part..];
            descriptor.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(descriptor[8..], frame.IsEmpty ? 3U : 1);
            BinaryPrimitives.WriteUInt16LittleEndian(descriptor[12..], (ushort)part);
            if (Corrupt is not null)
            {
                var bytes = descriptor.ToArray();
                Corrupt(number, bytes);
                bytes.CopyTo(descriptor);
            }

            Advance(Receive);
        }

        if ((this[Ivar0] & 0x80) != 0) Interrupt(1U << (int)(this[Ivar0] & 0x1f));
    }

    private void Interrupt(uint vectors)
    {
        if ((this[Eims] & vectors & 1) != 0 && !LosesInterrupts) Vector?.Signal();
    }

    private ulong DescriptorAddress(uint ring) => (this[ring + BaseLow] | ((ulong)this[ring + BaseHigh] << 32)) + (this[ring + Head] * 16);

    private void Advance(uint ring) => this[ring + Head] = (this[ring + Head] + 1) * 16 == this[ring + Bytes] ? 0 : this[ring + Head] + 1;
}
