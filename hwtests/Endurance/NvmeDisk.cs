using Devices.Drivers;

namespace Devices.HwTests.Endurance;

/// <summary>A queue pair's part of its controller's disk: a place for each round, and one for what is written until the freeze.</summary>
internal sealed class NvmeDisk(NvmeController controller, int queue, ulong seed, int writeKiB)
{
    /// <summary>The bytes of a write that the freeze may find in flight, and how many of them are written before the first is written over.</summary>
    internal const int SlotBytes = 8192;

    /// <summary>More than can be in flight: of two writes to a place the second is never given before the first has come back.</summary>
    internal const int Slots = 256;

    private const ulong QueueBytes = 480UL << 20;
    private const ulong RoundsAt = 16UL << 20;
    private const ulong FirstRound = 1;
    private const int Chunk = 1 << 20;
    private readonly NvmeQueuePair _pair = controller.Queues[queue];
    private readonly ulong _at = (ulong)queue * QueueBytes;
    private readonly byte[] _buffer = new byte[Chunk];

    internal NvmeQueuePair Pair => _pair;

    internal void CheckRoom(int rounds)
    {
        var bytes = controller.Namespace.Blocks * (ulong)controller.Namespace.BlockBytes;
        EnduranceException.Require(
            RoundsAt + ((ulong)rounds * RoundBytes) <= QueueBytes && _at + QueueBytes <= bytes,
            $"{controller.Address}: {rounds} rounds of {writeKiB} KiB do not fit into {QueueBytes >> 20} MiB of a disk of {bytes >> 20} MiB");
    }

    internal void WriteRound(int round)
    {
        var pattern = Pattern(round);
        ForEachChunk(round, (buffer, position) =>
        {
            pattern.Fill(buffer, position);
            _pair.Write(Lba(position), buffer);
        });
    }

    /// <summary>Reads a round back, every byte of it.</summary>
    /// <returns>How many bytes.</returns>
    internal ulong VerifyRound(int round)
    {
        var pattern = Pattern(round);
        ForEachChunk(round, (buffer, position) =>
        {
            buffer.Clear();
            _pair.Read(Lba(position), buffer);
            pattern.Verify(buffer, position, $"{controller.Address} queue {_pair.Id}, blocks of round {round}");
        });
        return RoundBytes;
    }

    /// <summary>Gives the controller a write of those that go on until the freeze.</summary>
    /// <returns>False if the queue is full.</returns>
    internal bool TryWriteSlot(int round, ulong number)
    {
        var at = SlotAt(number);
        var data = _buffer.AsSpan(0, SlotBytes);
        SlotPattern(round, number).Fill(data, at);
        return _pair.TrySubmitWrite(Lba(at), data, out _);
    }

    /// <summary>Reads back what was written until the freeze: of each place the last write.</summary>
    /// <returns>How many bytes.</returns>
    internal ulong VerifySlots(int round, ulong writes)
    {
        var first = writes > Slots ? writes - Slots : 0;
        for (var number = first; number < writes; number++)
        {
            var at = SlotAt(number);
            var data = _buffer.AsSpan(0, SlotBytes);
            data.Clear();
            _pair.Read(Lba(at), data);
            SlotPattern(round, number).Verify(data, at, $"{controller.Address} queue {_pair.Id}, write {number} of {writes} until the freeze of round {round}");
        }

        return (writes - first) * SlotBytes;
    }

    private ulong RoundBytes => (ulong)writeKiB << 10;

    private RoundPattern Pattern(int round) => new(seed, (ulong)round);

    private RoundPattern SlotPattern(int round, ulong number) => new(~seed, ((ulong)round << 40) | number);

    private ulong SlotAt(ulong number) => _at + (number % Slots * SlotBytes);

    private ulong Lba(ulong position) => position / (ulong)controller.Namespace.BlockBytes;

    private void ForEachChunk(int round, OnChunk work)
    {
        var start = _at + RoundsAt + (((ulong)round - FirstRound) * RoundBytes);
        for (var position = start; position < start + RoundBytes; position += Chunk)
            work(_buffer.AsSpan(0, (int)Math.Min(Chunk, start + RoundBytes - position)), position);
    }

    private delegate void OnChunk(Span<byte> buffer, ulong position);
}
