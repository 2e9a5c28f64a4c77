using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Devices.Iommufd;

/// <summary>Splits what is read from a queue into events, and counts by their sequence what was lost between them.</summary>
internal sealed class VirtualEventReader(int eventLength)
{
    internal static readonly int HeaderLength = Unsafe.SizeOf<iommufd_vevent_header>();

    // Sequence numbers have 31 bits.
    private const uint SequenceMask = int.MaxValue;
    private uint _expected;

    internal List<VirtualEvent> Parse(ReadOnlySpan<byte> bytes)
    {
        var events = new List<VirtualEvent>();
        while (bytes.Length > 0)
        {
            if (bytes.Length < HeaderLength) throw new InvalidDataException($"{bytes.Length} bytes are less than the header of an event.");
            var header = MemoryMarshal.Read<iommufd_vevent_header>(bytes);
            bytes = bytes[HeaderLength..];
            var isMarker = (header.flags & (uint)iommu_veventq_flag.IOMMU_VEVENTQ_FLAG_LOST_EVENTS) != 0;
            var length = isMarker ? 0 : eventLength;
            if (bytes.Length < length) throw new InvalidDataException($"Event {header.sequence} has {bytes.Length} bytes of data instead of {length}.");
            events.Add(Next(header.sequence, isMarker, bytes[..length]));
            bytes = bytes[length..];
        }

        return events;
    }

    private VirtualEvent Next(uint sequence, bool isMarker, ReadOnlySpan<byte> data)
    {
        var skipped = (sequence - _expected) & SequenceMask;
        _expected = (sequence + 1) & SequenceMask;
        // A marker has the number of the last event that was lost.
        return new VirtualEvent(sequence, isMarker ? skipped + 1 : skipped, data.ToArray());
    }
}
