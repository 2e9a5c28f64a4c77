using System.Buffers.Binary;
using System.Text;
using Devices.Drivers;
using Devices.Linux;

namespace Devices.Tests.Drivers;

/// <summary>
/// A model of an NVMe controller, as plain as the specification: it counts what it fetched and posted without wrapping, and works out
/// entries and phase tags from the counts. Faults are switched on by its properties.
/// </summary>
internal sealed class NvmeModel(ModelMemory memory) : IRegisterBlock
{
    private const uint Enable = 1;
    private const uint Ready = 1;
    private const uint Fatal = 2;
    private readonly Lock _gate = new();
    private readonly uint[] _registers = new uint[0x40 / 4];
    private readonly Dictionary<int, Queue> _submissions = [];
    private readonly Dictionary<int, Queue> _completions = [];
    private readonly List<(int Queue, byte[] Command)> _held = [];
    private readonly uint?[] _unheard = new uint?[16];

    internal int MaxEntries { get; init; } = 64;

    internal int BlockShift { get; init; } = 9;

    internal ulong Blocks { get; init; } = 4096;

    internal int Mdts { get; init; } = 5;

    internal int GrantedPairs { get; init; } = 4;

    internal uint MetadataBytes { get; init; }

    internal byte[] Disk => field ??= new byte[(int)Blocks << BlockShift];

    internal EventFd?[] Vectors { get; init; } = [];

    internal bool NeverReady { get; set; }

    internal bool IsGone { get; set; }

    /// <summary>Commands are fetched and not completed until <see cref="Release"/>.</summary>
    internal bool Hold { get; set; }

    internal bool LoseInterrupts { get; set; }

    /// <summary>Doorbells of I/O submission queues are not heard until <see cref="Hear"/>.</summary>
    internal bool IsDeaf { get; set; }

    /// <summary>Changes what is posted: to break the protocol.</summary>
    internal Action<byte[]>? Corrupt { get; set; }

    internal ulong Timestamp { get; private set; }

    internal List<(uint Offset, uint Value)> Writes { get; } = [];

    internal bool RecordWrites { get; set; } = true;

    internal bool IsDisposed { get; private set; }

    public ulong Length => 0x2000;

    internal uint this[uint offset]
    {
        get => _registers[offset / 4];
        set => _registers[offset / 4] = value;
    }

    public uint ReadUInt32(uint offset)
    {
        if (IsGone) return uint.MaxValue;
        return offset switch
        {
            0x00 => (uint)(MaxEntries - 1) | (1U << 16) | (1U << 24), // CQR, TO of half a second
            0x04 => 1U << 5, // the NVM command set, DSTRD 0
            0x08 => 0x0001_0400,
            _ => _registers[offset / 4],
        };
    }

    public void WriteUInt32(uint offset, uint value)
    {
        lock (_gate) Write(offset, value);
    }

    public void Dispose() => IsDisposed = true;

    /// <summary>What a function level reset does.</summary>
    internal void Reset()
    {
        this[0x14] = this[0x1c] = this[0x0c] = 0;
        Timestamp = 0;
        _submissions.Clear();
        _completions.Clear();
        _held.Clear();
    }

    internal void Fail() => this[0x1c] |= Fatal;

    internal void Release()
    {
        // From a timer, too, while the driver submits.
        lock (_gate)
        {
            Hold = false;
            foreach (var (queue, command) in _held) Execute(queue, command);
            _held.Clear();
        }
    }

    internal void Hear()
    {
        IsDeaf = false;
        for (var doorbell = 0; doorbell < _unheard.Length; doorbell++)
        {
            if (_unheard[doorbell] is not { } value) continue;
            _unheard[doorbell] = null;
            Doorbell(doorbell, value);
        }
    }

    private void Write(uint offset, uint value)
    {
        if (RecordWrites) Writes.Add((offset, value));
        if (IsGone) return;
        if (offset >= 0x1000) Doorbell((int)(offset - 0x1000) / 4, value);
        else if (offset == 0x14) Configure(value);
        else if (offset == 0x0c) this[0x0c] |= value;
        else this[offset] = value;
    }

    private void Configure(uint value)
    {
        var before = this[0x14];
        if ((value & Enable) != 0 && (before & Enable) == 0)
        {
            this[0x14] = value;
            if (NeverReady) return;
            this[0x1c] |= Ready;
            _submissions[0] = new Queue(this[0x28] | ((ulong)this[0x2c] << 32), (int)(this[0x24] & 0xfff) + 1, 0, 0);
            _completions[0] = new Queue(this[0x30] | ((ulong)this[0x34] << 32), (int)(this[0x24] >> 16 & 0xfff) + 1, 0, 0);
            return;
        }

        if ((value & Enable) == 0 && (before & Enable) != 0)
        {
            Reset();
            return;
        }

        this[0x14] = value;
        if ((value >> 14 & 3) == 1) this[0x1c] |= 2 << 2;
    }

    private void Doorbell(int number, uint value)
    {
        var id = number / 2;
        if (number % 2 != 0)
        {
            var queue = _completions[id];
            var steps = ((int)value - (int)(queue.Consumed % queue.Entries) + queue.Entries) % queue.Entries;
            queue.Consumed += steps;
            Assert.True(queue.Consumed <= queue.Count, "a completion was consumed that was not posted");
            return;
        }

        if (IsDeaf && id != 0)
        {
            _unheard[number] = value;
            return;
        }

        var submission = _submissions[id];
        while (submission.Count % submission.Entries != value)
        {
            var command = memory.At(submission.Base + ((ulong)(submission.Count % submission.Entries) * 64), 64).ToArray();
            submission.Count++;
            if (Hold && id != 0) _held.Add((id, command));
            else Execute(id, command);
        }
    }

    private void Execute(int queue, ReadOnlySpan<byte> command)
    {
        var result = 0U;
        var status = queue == 0 ? Admin(command, ref result) : Io(command);
        var submission = _submissions[queue];
        var completion = _completions[submission.Partner];
        Assert.True(completion.Count - completion.Consumed < completion.Entries, "the completion queue overflows");
        var entry = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(entry, result);
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(8), (ushort)(submission.Count % submission.Entries));
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(10), (ushort)queue);
        command.Slice(2, 2).CopyTo(entry.AsSpan(12));
        var phase = completion.Count / completion.Entries % 2 == 0 ? 1 : 0;
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(14), (ushort)((status << 1) | phase));
        Corrupt?.Invoke(entry);
        entry.CopyTo(memory.At(completion.Base + ((ulong)(completion.Count % completion.Entries) * 16), 16));
        completion.Count++;
        if (completion.Vector is { } vector && vector < Vectors.Length && !LoseInterrupts) Vectors[vector]?.Signal();
    }

    private int Admin(ReadOnlySpan<byte> command, ref uint result)
    {
        var prp1 = BinaryPrimitives.ReadUInt64LittleEndian(command[24..]);
        var cdw10 = BinaryPrimitives.ReadUInt32LittleEndian(command[40..]);
        var cdw11 = BinaryPrimitives.ReadUInt32LittleEndian(command[44..]);
        var nsid = BinaryPrimitives.ReadUInt32LittleEndian(command[4..]);
        switch (command[0])
        {
            case 0x00:
                return _submissions.Remove((int)cdw10) ? 0 : 0x101;
            case 0x04:
                return _completions.Remove((int)cdw10) ? 0 : 0x101;
            case 0x01:
                _submissions.Add((int)(cdw10 & 0xffff), new Queue(prp1, (int)(cdw10 >> 16) + 1, (int)(cdw11 >> 16), null));
                return _completions.ContainsKey((int)(cdw11 >> 16)) ? 0 : 0x100;
            case 0x05:
                _completions.Add((int)(cdw10 & 0xffff), new Queue(prp1, (int)(cdw10 >> 16) + 1, 0, (cdw11 & 2) != 0 ? (int)(cdw11 >> 16) : null));
                return 0;
            case 0x06:
                return Identify((int)cdw10, nsid, memory.At(prp1, 4096));
            case 0x09 when cdw10 == 7:
                result = (uint)(GrantedPairs - 1) | ((uint)(GrantedPairs - 1) << 16);
                return 0;
            case 0x09 when cdw10 == 0xe:
                Timestamp = BinaryPrimitives.ReadUInt64LittleEndian(memory.At(prp1, 8));
                return 0;
            case 0x0a when cdw10 == 0xe:
                BinaryPrimitives.WriteUInt64LittleEndian(memory.At(prp1, 8), Timestamp | (Timestamp != 0 ? 1UL << 49 : 0));
                return 0;
            default:
                return 0x01;
        }
    }

    private int Identify(int structure, uint nsid, Span<byte> data)
    {
        data.Clear();
        switch (structure)
        {
            case 1:
                Encoding.ASCII.GetBytes("S123".PadRight(20)).CopyTo(data[4..]);
                Encoding.ASCII.GetBytes("Model of a controller".PadRight(40)).CopyTo(data[24..]);
                Encoding.ASCII.GetBytes("1.0".PadRight(8)).CopyTo(data[64..]);
                data[77] = (byte)Mdts;
                data[512] = 0x66;
                data[513] = 0x44;
                BinaryPrimitives.WriteUInt16LittleEndian(data[520..], 1 << 6);
                data[525] = 1;
                return 0;
            case 2:
                BinaryPrimitives.WriteUInt32LittleEndian(data, 3);
                return 0;
            case 0 when nsid == 3:
                BinaryPrimitives.WriteUInt64LittleEndian(data, Blocks);
                data[26] = 2; // the third format
                BinaryPrimitives.WriteUInt32LittleEndian(data[(128 + 8)..], ((uint)BlockShift << 16) | MetadataBytes);
                return 0;
            default:
                return 0x0b;
        }
    }

    private int Io(ReadOnlySpan<byte> command)
    {
        if (command[0] == 0) return 0;
        if (command[0] > 2) return 0x01;
        var lba = BinaryPrimitives.ReadUInt64LittleEndian(command[40..]);
        var blocks = (ulong)BinaryPrimitives.ReadUInt16LittleEndian(command[48..]) + 1;
        if (lba + blocks > Blocks) return 0x4080;
        var disk = Disk.AsSpan((int)lba << BlockShift, (int)blocks << BlockShift);
        if (disk.Length > 4096 << Mdts) return 0x02;
        var next = BinaryPrimitives.ReadUInt64LittleEndian(command[24..]);
        var prp2 = BinaryPrimitives.ReadUInt64LittleEndian(command[32..]);
        var list = 0;
        while (!disk.IsEmpty)
        {
            var length = Math.Min(disk.Length, 4096 - (int)(next % 4096));
            var page = memory.At(next, length);
            if (command[0] == 1) page.CopyTo(disk);
            else disk[..length].CopyTo(page);
            disk = disk[length..];
            if (disk.IsEmpty) break;
            next = list == 0 && disk.Length <= 4096 ? prp2 : BinaryPrimitives.ReadUInt64LittleEndian(memory.At(prp2 + (ulong)(8 * list), 8));
            list++;
            if (next % 4096 != 0) return 0x13;
        }

        return 0;
    }

    private sealed class Queue(ulong at, int entries, int partner, int? vector)
    {
        internal ulong Base { get; } = at;

        internal int Entries { get; } = entries;

        internal int Partner { get; } = partner;

        internal int? Vector { get; } = vector;

        /// <summary>Fetched or posted since the queue was created.</summary>
        internal long Count { get; set; }

        internal long Consumed { get; set; }
    }
}
