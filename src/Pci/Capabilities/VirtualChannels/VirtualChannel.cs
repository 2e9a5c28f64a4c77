namespace Devices.Pci;

/// <summary>A virtual channel (VC resource).</summary>
/// <param name="Capability">VC Resource Capability (<c>PCI_VC_RES_CAP</c>).</param>
/// <param name="Control">VC Resource Control (<c>PCI_VC_RES_CTRL</c>).</param>
/// <param name="Status">VC Resource Status (<c>PCI_VC_RES_STATUS</c>).</param>
public readonly record struct VirtualChannel(uint Capability, uint Control, ushort Status)
{
    /// <summary>How it can arbitrate between ports.</summary>
    public VcArbitrations PortArbitration => (VcArbitrations)Bits.Field(Capability, 0, 8);

    /// <summary>Whether it refuses requests that would snoop.</summary>
    public bool RejectSnoopTransactions => Bits.Bit(Capability, 15);

    /// <summary>How many time slots there are at most: 1 to 128.</summary>
    public int MaxTimeSlots => Bits.Field(Capability, 16, 7) + 1;

    /// <summary>Where the table of port arbitration is, in bytes from the capability; 0 without one.</summary>
    public int PortArbitrationTableOffset => Bits.Field(Capability, 24, 8) * VirtualChannelCapability.TableUnit;

    /// <summary>The traffic classes that use it, a bit a class.</summary>
    public int TrafficClasses => Bits.Field(Control, 0, 8);

    /// <summary>The arbitration selected: the number of the bit in <see cref="PortArbitration"/>.</summary>
    public int PortArbitrationSelect => Bits.Field(Control, 17, 3);

    /// <summary>Its id on the link: 0 to 7.</summary>
    public int Id => Bits.Field(Control, 24, 3);

    /// <summary>Whether it is enabled.</summary>
    public bool Enabled => Bits.Bit(Control, 31);

    /// <summary>Whether the table is newer than what the hardware uses.</summary>
    public bool TableLoading => Bits.Bit(Status, 0);

    /// <summary>Whether both ends have not yet agreed.</summary>
    public bool NegotiationPending => Bits.Bit(Status, 1);
}
