using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>A range of Enhanced Allocation.</summary>
/// <param name="Header">The entry's first dword.</param>
/// <param name="Base">Where the range begins, a multiple of 4; null if the entry is too short to say.</param>
/// <param name="MaxOffset">The offset of its last byte: its length less one; null if the entry is too short to say.</param>
public readonly record struct EnhancedAllocationEntry(uint Header, ulong? Base, ulong? MaxOffset)
{
    private const int Is64Bit = 1;
    private const int MaxDwords = 8;
    private const uint FieldMask = ~3u;

    /// <summary>How many dwords follow the first: 2 to 4.</summary>
    public int Size => Bits.Field(Header, 0, 3);

    /// <summary>Which BAR it stands for: 0 to 5 that BAR, 6 behind a bridge, 7 none, 8 expansion ROM, 9 to 14 VF BARs, 15 reserved (<c>PCI_EA_BEI_*</c>).</summary>
    public int BarEquivalent => Bits.Field(Header, 4, 4);

    /// <summary>What it is for.</summary>
    public EnhancedAllocationProperties PrimaryProperties => (EnhancedAllocationProperties)Bits.Field(Header, 8, 8);

    /// <summary>What it is for to software that does not know the primary property.</summary>
    public EnhancedAllocationProperties SecondaryProperties => (EnhancedAllocationProperties)Bits.Field(Header, 16, 8);

    /// <summary>Whether base and length can be written.</summary>
    public bool Writable => Bits.Bit(Header, 30);

    /// <summary>Whether the range is in use.</summary>
    public bool Enabled => Bits.Bit(Header, 31);

    internal int Length => sizeof(uint) * (1 + Size);

    /// <summary>An entry from its first byte on, all of which there are.</summary>
    internal static EnhancedAllocationEntry Read(ReadOnlySpan<byte> bytes)
    {
        var header = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var size = Bits.Field(header, 0, 3);
        Span<uint> dwords = stackalloc uint[MaxDwords];
        for (var i = 1; i <= size; i++)
            dwords[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * sizeof(uint))..]);

        // The low halves of base and length, then the high halves of those that have 64 bits.
        var (low, limitLow) = (dwords[1], dwords[2]);
        var (isWide, isLimitWide) = (Bits.Bit(low, Is64Bit), Bits.Bit(limitLow, Is64Bit));
        ulong high = isWide ? dwords[3] : 0;
        ulong limitHigh = isLimitWide ? dwords[isWide ? 4 : 3] : 0;
        return new EnhancedAllocationEntry(
            header,
            size >= 1 ? (high << 32) | (low & FieldMask) : null,
            size >= 2 ? (limitHigh << 32) | limitLow | ~FieldMask : null);
    }
}
