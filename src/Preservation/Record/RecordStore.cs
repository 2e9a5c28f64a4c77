using Devices.Linux;
using Devices.Preservation.Messages;
using Google.Protobuf;

namespace Devices.Preservation;

/// <summary>
/// The state record in its memfd: two slots, written in turn with a rising sequence number, so that a record is always whole while
/// the next one is written. The memfd's size is fixed when it is preserved.
/// </summary>
internal sealed class RecordStore : IDisposable
{
    internal const int Slots = 2;
    private readonly MemFd _file;
    private readonly MemoryMapping _memory;
    private readonly int _slotLength;
    private ulong _sequence;

    private RecordStore(MemFd file)
    {
        _file = file;
        _slotLength = (int)(file.Length / Slots);
        _memory = file.Map();
    }

    /// <summary>The memfd, for the session and the keeper.</summary>
    internal FileDescriptor Fd => _file.Fd;

    /// <summary>The most bytes that a record may have here.</summary>
    internal int Capacity => _slotLength - RecordEnvelope.HeaderLength;

    /// <summary>Creates a store for records of up to <paramref name="capacity"/> bytes.</summary>
    internal static RecordStore Create(string name, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, RecordBounds.MaxPayload);
        var slot = (long)PageSize.RoundUp((ulong)(RecordEnvelope.HeaderLength + capacity));
        return new RecordStore(MemFd.Create(name, Slots * slot));
    }

    /// <summary>Opens the store in a memfd that came from a session or the keeper; the descriptor is owned from now on.</summary>
    /// <exception cref="RecordException">The memfd's size or seals are not those of a store.</exception>
    internal static RecordStore Open(FileDescriptor fd)
    {
        var file = MemFd.Adopt(fd);
        var slot = file.Length / Slots;
        if (file.Length % Slots == 0 && slot is >= RecordEnvelope.HeaderLength and <= RecordBounds.MaxPayload + (1 << 20) && PageSize.IsAligned((ulong)slot) && file.Seals.HasFlag(MemFdSeals.Shrink))
            return new RecordStore(file);
        var failure = new RecordException("memfd", $"0x{file.Length:x} bytes with seals {file.Seals} are not a record's two slots", "Token 0 of the session is not a state record: was it preserved by another program?");
        file.Dispose();
        throw failure;
    }

    /// <summary>
    /// Reads the newest record that is whole. What is damaged may have been a newer one, written half when its writer died: the caller
    /// decides by the record's phase whether the one before it will do.
    /// </summary>
    /// <param name="damage">What is wrong with the other slot; null if it is blank or whole.</param>
    /// <exception cref="RecordException">No slot is whole, or the record is inconsistent.</exception>
    internal StateRecord Read(out RecordException? damage)
    {
        damage = null;
        StateRecord? newest = null;
        for (var index = 0; index < Slots; index++)
        {
            var slot = Slot(index);
            if (RecordEnvelope.IsBlank(slot)) continue;
            try
            {
                var payload = RecordEnvelope.Read(slot, out var sequence);
                if (newest is not null && sequence <= _sequence) continue;
                newest = Parse(payload);
                _sequence = sequence;
            }
            catch (RecordException failure)
            {
                damage = failure;
            }
        }

        if (newest is null)
            throw damage ?? new RecordException("slots", "all are blank", "The session was preserved without a record being written: preserve again");
        RecordBounds.Check(newest);
        return newest;
    }

    /// <summary>Writes a record over the older slot.</summary>
    /// <exception cref="RecordException">It does not fit, or could not be read again; the record before it stands.</exception>
    internal void Write(StateRecord record)
    {
        try
        {
            RecordBounds.Check(record);
        }
        catch (RecordException unreadable)
        {
            throw new RecordException(unreadable.Field, unreadable.Problem, "The next kernel would refuse it, so it was not written: leave out what it names, or report it");
        }

        var length = record.CalculateSize();
        if (length > Capacity)
            throw new RecordException("length", $"{length} bytes do not fit the {Capacity} that were set aside when the session was planned", "Driver states have grown since: discard the session and plan again");
        var sequence = _sequence + 1;
        RecordEnvelope.Write(Slot((int)(sequence % Slots)), sequence, RecordFormat.Current, RecordFormat.OldestReader, record.ToByteArray());
        _sequence = sequence;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Dispose();
        _file.Dispose();
    }

    /// <summary>Parses a payload that passed its checksum; fields that this build does not know are kept.</summary>
    internal static StateRecord Parse(ReadOnlySpan<byte> payload)
    {
        try
        {
            return StateRecord.Parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new RecordException("payload", $"it is no record in Protocol Buffers: {failure.Message.TrimEnd('.')}", "It was written by another program: nothing was restored");
        }
    }

    private Span<byte> Slot(int index) => _memory.Span((nuint)(index * _slotLength), _slotLength);
}
