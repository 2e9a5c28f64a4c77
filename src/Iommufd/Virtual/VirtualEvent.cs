using System.Buffers.Binary;

namespace Devices.Iommufd;

/// <summary>An event of a vIOMMU; or, without data, word of events that were lost after the last one.</summary>
/// <param name="Sequence">Its number in its queue, 0 to 2^31 - 1 and from 0 on again.</param>
/// <param name="Lost">How many events before it were lost: the queue was full.</param>
/// <param name="Data">Its data in the form of its <see cref="VirtualEventType"/>; empty where events were lost and none has followed yet.</param>
public sealed record VirtualEvent(uint Sequence, uint Lost, ReadOnlyMemory<byte> Data)
{
    /// <summary>Whether it is an event, and not only word of lost ones.</summary>
    public bool HasData => !Data.IsEmpty;

    /// <summary>64 bits of the data, which is little-endian.</summary>
    /// <param name="index">0 for bits 63:0, and so on.</param>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the data.</exception>
    public ulong Word(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Data.Length / sizeof(ulong));
        return BinaryPrimitives.ReadUInt64LittleEndian(Data.Span[(index * sizeof(ulong))..]);
    }
}
