using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>A BAR whose size can be chosen: an entry of Resizable BAR or VF Resizable BAR.</summary>
/// <param name="Capability">The entry's capability register (<c>PCI_REBAR_CAP</c>).</param>
/// <param name="Control">The entry's control register (<c>PCI_REBAR_CTRL</c>).</param>
public readonly record struct ResizableBar(uint Capability, uint Control)
{
    internal const int MinLength = PciRegs.PCI_REBAR_CTRL + sizeof(uint);
    internal const int MaxCount = PciRegs.PCI_STD_NUM_BARS;

    private const int SmallestLog2 = 20;
    private const int LargestLog2 = 63;
    private const int SizesInCapability = 28;
    private const int SizesInControl = 16;

    /// <summary>Which BAR: 0 to 5.</summary>
    public int BarIndex => Bits.Field(Control, 0, 3);

    /// <summary>The size it has, in bytes: 1 MiB and up by powers of two; 0 if the register's value is reserved.</summary>
    public ulong CurrentSize => SmallestLog2 + Bits.Field(Control, 8, 6) is <= LargestLog2 and var log2 ? 1ul << log2 : 0;

    /// <summary>The sizes it can have, in bytes, from the smallest.</summary>
    public IReadOnlyList<ulong> SupportedSizes
    {
        get
        {
            var (capability, control) = (Capability, Control);
            return
            [
                .. Enumerable.Range(0, SizesInCapability).Where(i => Bits.Bit(capability, 4 + i)).Select(static i => 1ul << (SmallestLog2 + i)),
                .. Enumerable.Range(0, SizesInControl).Where(i => Bits.Bit(control, 16 + i)).Select(static i => 1ul << (SmallestLog2 + SizesInCapability + i)),
            ];
        }
    }

    /// <summary>Bytes of a capability with the number of BARs that the first control register states; null if that is none or too many.</summary>
    internal static int? Length(uint firstControl) =>
        Bits.Field(firstControl, 5, 3) is >= 1 and <= MaxCount and var count ? PciRegs.PCI_REBAR_CAP + (2 * sizeof(uint) * count) : null;

    internal static IReadOnlyList<ResizableBar> ReadAll(ReadOnlySpan<byte> capability)
    {
        var bars = new ResizableBar[(capability.Length - PciRegs.PCI_REBAR_CAP) / (2 * sizeof(uint))];
        for (var i = 0; i < bars.Length; i++)
        {
            var entry = capability[(PciRegs.PCI_REBAR_CAP + (2 * sizeof(uint) * i))..];
            bars[i] = new ResizableBar(BinaryPrimitives.ReadUInt32LittleEndian(entry), BinaryPrimitives.ReadUInt32LittleEndian(entry[sizeof(uint)..]));
        }

        return bars;
    }
}
