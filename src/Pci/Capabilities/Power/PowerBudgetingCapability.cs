namespace Devices.Pci;

/// <summary>
/// Power Budgeting (<c>PCI_EXT_CAP_ID_PWR</c>): what the function draws, an entry an operating condition. Which entry the data register shows
/// is chosen by writing the data select register; this is the one that it showed when it was read.
/// </summary>
public sealed class PowerBudgetingCapability : PciCapability
{
    /// <summary>Offset of Data Select, 8 bits.</summary>
    public const int DataSelectRegister = PciRegs.PCI_PWR_DSR;

    /// <summary>Offset of Data, 32 bits; 0 beyond the last entry.</summary>
    public const int DataRegister = PciRegs.PCI_PWR_DATA;

    /// <summary>Offset of Power Budget Capability, 8 bits.</summary>
    public const int CapabilityRegister = PciRegs.PCI_PWR_CAP;

    internal PowerBudgetingCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The number of the entry.</summary>
    public int DataSelect => ByteAt(DataSelectRegister);

    /// <summary>The entry; null beyond the last one.</summary>
    public PowerBudget? Data => UInt32At(DataRegister) is > 0 and var entry ? new PowerBudget(entry) : null;

    /// <summary>Whether the system's own budget holds the function's power already.</summary>
    public bool SystemAllocated => Bits.Bit(ByteAt(CapabilityRegister), 0);
}
