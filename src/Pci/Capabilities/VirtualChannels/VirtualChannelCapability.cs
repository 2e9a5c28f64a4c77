namespace Devices.Pci;

/// <summary>Virtual Channel (<c>PCI_EXT_CAP_ID_VC</c>, <c>PCI_EXT_CAP_ID_VC9</c>): kinds of traffic kept apart. Owned by the kernel.</summary>
public sealed class VirtualChannelCapability : PciCapability
{
    /// <summary>Offset of Port VC Capability 1, 32 bits.</summary>
    public const int PortCapability1Register = PciRegs.PCI_VC_PORT_CAP1;

    /// <summary>Offset of Port VC Capability 2, 32 bits.</summary>
    public const int PortCapability2Register = PciRegs.PCI_VC_PORT_CAP2;

    /// <summary>Offset of Port VC Control, 16 bits.</summary>
    public const int PortControlRegister = PciRegs.PCI_VC_PORT_CTRL;

    /// <summary>Offset of Port VC Status, 16 bits.</summary>
    public const int PortStatusRegister = PciRegs.PCI_VC_PORT_STATUS;

    /// <summary>Tables lie at multiples of that many bytes.</summary>
    internal const int TableUnit = 16;

    internal const int MinLength = PciRegs.PCI_CAP_VC_BASE_SIZEOF + PciRegs.PCI_CAP_VC_PER_VC_SIZEOF;

    internal VirtualChannelCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>How many channels beside VC 0 are of low priority: 0 to 7.</summary>
    public int LowPriorityExtendedChannels => Bits.Field(PortCapability1, 4, 3);

    /// <summary>The reference clock of time-based arbitration, as the register has it: 0 is 100 ns.</summary>
    public int ReferenceClock => Bits.Field(PortCapability1, 8, 2);

    /// <summary>Bits of an entry of a table of port arbitration: 1, 2, 4 or 8.</summary>
    public int PortArbitrationEntryBits => 1 << Bits.Field(PortCapability1, 10, 2);

    /// <summary>How channels of low priority can be arbitrated.</summary>
    public VcArbitrations Arbitration => (VcArbitrations)Bits.Field(UInt32At(PortCapability2Register), 0, 8);

    /// <summary>Where the table of that arbitration is, in bytes from the capability; 0 without one.</summary>
    public int ArbitrationTableOffset => Bits.Field(UInt32At(PortCapability2Register), 24, 8) * TableUnit;

    /// <summary>The arbitration selected: the number of the bit in <see cref="Arbitration"/>.</summary>
    public int ArbitrationSelect => Bits.Field(UInt16At(PortControlRegister), 1, 3);

    /// <summary>Whether the table is newer than what the hardware uses.</summary>
    public bool TableLoading => Bits.Bit(UInt16At(PortStatusRegister), 0);

    /// <summary>The channels: 1 to 8, VC 0 first.</summary>
    public IReadOnlyList<VirtualChannel> Channels =>
        [.. Enumerable.Range(0, (Raw.Length - PciRegs.PCI_CAP_VC_BASE_SIZEOF) / PciRegs.PCI_CAP_VC_PER_VC_SIZEOF)
            .Select(i => i * PciRegs.PCI_CAP_VC_PER_VC_SIZEOF)
            .Select(offset => new VirtualChannel(
                UInt32At(PciRegs.PCI_VC_RES_CAP + offset),
                UInt32At(PciRegs.PCI_VC_RES_CTRL + offset),
                UInt16At(PciRegs.PCI_VC_RES_STATUS + offset)))];

    private uint PortCapability1 => UInt32At(PortCapability1Register);
}
