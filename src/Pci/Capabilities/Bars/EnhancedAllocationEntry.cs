using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>A range of Enhanced Allocation.</summary>
/// <param name="Header">The entry's first dword.</param>
/// <param name="Base">Where the range begins, a multiple of 4; null if the entry is too short to say.</param>
/// <param name="MaxOffset">The offset of its last byte: its length less one; null if the entry is too short to say.</param>
public readonly record struct EnhancedAllocationEntry(uint Header, ulong? Base, ulong? MaxOffset)
{
    private const int Is64Bit = 1;
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
        uint? Dword(ReadOnlySpan<byte> of, int index, int size) =>
            index <= size ? BinaryPrimitives.ReadUInt32LittleEndian(of[(index * sizeof(uint))..]) : null;

        // The low halves of base and length, then the high halves of those that have 64 bits.
        var header = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var size = Bits.Field(header, 0, 3);
        var (low, maxLow) = (Dword(bytes, 1, size), Dword(bytes, 2, size));
        var next = 3;
        ulong High(ReadOnlySpan<byte> of, uint of64) => Bits.Bit(of64, Is64Bit) ? (ulong)(Dword(of, next++, size) ?? 0) << 32 : 0;
        ulong? start = low is { } lower ? (lower & FieldMask) | High(bytes, lower) : null;
        ulong? maxOffset = maxLow is { } upper ? upper | ~FieldMask | High(bytes, upper) : null;
        return new EnhancedAllocationEntry(header, start, maxOffset);
    }
}
