namespace Devices.Pci;

/// <summary>
/// MSI-X (<c>PCI_CAP_ID_MSIX</c>). Restored by VFIO's SET_IRQS only, never by writing here. The table's size can differ between the VFs
/// of one PF.
/// </summary>
public sealed class MsixCapability : PciCapability
{
    /// <summary>Offset of Message Control, 16 bits.</summary>
    public const int MessageControlRegister = PciRegs.PCI_MSIX_FLAGS;

    /// <summary>Offset of Table Offset and BIR, 32 bits.</summary>
    public const int TableRegister = PciRegs.PCI_MSIX_TABLE;

    /// <summary>Offset of PBA Offset and BIR, 32 bits.</summary>
    public const int PbaRegister = PciRegs.PCI_MSIX_PBA;

    private const int BitsOfPbaWord = 64;

    internal MsixCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether MSI-X is enabled.</summary>
    public bool Enabled => Bits.Bit(Control, 15);

    /// <summary>Whether all vectors are masked at once.</summary>
    public bool FunctionMasked => Bits.Bit(Control, 14);

    /// <summary>How many vectors the table has: 1 to 2048.</summary>
    public int TableSize => TableSizeOf(Control);

    /// <summary>Which BAR holds the table: 0 to 5; 6 and 7 are reserved.</summary>
    public int TableBar => Bits.Field(UInt32At(TableRegister), 0, 3);

    /// <summary>Where in that BAR the table begins, in bytes.</summary>
    public uint TableOffset => UInt32At(TableRegister) & ~7u;

    /// <summary>The table's length in bytes: 16 for each vector.</summary>
    public int TableBytes => TableSize * PciRegs.PCI_MSIX_ENTRY_SIZE;

    /// <summary>Which BAR holds the pending bits.</summary>
    public int PbaBar => Bits.Field(UInt32At(PbaRegister), 0, 3);

    /// <summary>Where in that BAR the pending bits begin, in bytes.</summary>
    public uint PbaOffset => UInt32At(PbaRegister) & ~7u;

    /// <summary>The length of the pending bits in bytes: one bit a vector, in words of 64.</summary>
    public int PbaBytes => (TableSize + BitsOfPbaWord - 1) / BitsOfPbaWord * sizeof(ulong);

    /// <summary>How many vectors a Message Control register tells of.</summary>
    internal static int TableSizeOf(ushort messageControl) => Bits.Field(messageControl, 0, 11) + 1;

    private ushort Control => UInt16At(MessageControlRegister);
}
