namespace Devices.Pci;

/// <summary>TLP Processing Hints (<c>PCI_EXT_CAP_ID_TPH</c>): where the data of a write is wanted, as a steering tag. Owned by the kernel.</summary>
public sealed class TphCapability : PciCapability
{
    /// <summary>Offset of TPH Requester Capability, 32 bits.</summary>
    public const int CapabilityRegister = PciRegs.PCI_TPH_CAP;

    /// <summary>Offset of TPH Requester Control, 32 bits.</summary>
    public const int ControlRegister = PciRegs.PCI_TPH_CTRL;

    /// <summary>Offset of the steering table, if it is in the capability: 16 bits an entry.</summary>
    public const int SteeringTableRegister = PciRegs.PCI_TPH_BASE_SIZEOF;

    internal TphCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether it can send hints without tags.</summary>
    public bool NoSteeringModeSupported => Bits.Bit(Capability, 0);

    /// <summary>Whether it can take the tag of the interrupt vector.</summary>
    public bool InterruptVectorModeSupported => Bits.Bit(Capability, 1);

    /// <summary>Whether it can choose tags as it defines.</summary>
    public bool DeviceSpecificModeSupported => Bits.Bit(Capability, 2);

    /// <summary>Whether it can send tags of 16 bits.</summary>
    public bool ExtendedRequesterSupported => Bits.Bit(Capability, 8);

    /// <summary>Where the tags are.</summary>
    public TphSteeringTableLocation TableLocation => (TphSteeringTableLocation)Bits.Field(Capability, 9, 2);

    /// <summary>How many tags the table has: 1 to 2048, or 0 without a table.</summary>
    public int TableSize => TableLocation == TphSteeringTableLocation.None ? 0 : Bits.Field(Capability, 16, 11) + 1;

    /// <summary>How tags are chosen.</summary>
    public TphSteeringMode Mode => (TphSteeringMode)Bits.Field(UInt32At(ControlRegister), 0, 3);

    /// <summary>Which hints it may send.</summary>
    public TphRequester Requester => (TphRequester)Bits.Field(UInt32At(ControlRegister), 8, 2);

    /// <summary>The tags, if the table is in the capability; otherwise empty.</summary>
    public IReadOnlyList<ushort> SteeringTags => TableLocation == TphSteeringTableLocation.Capability
        ? [.. Enumerable.Range(0, TableSize).Select(i => UInt16At(SteeringTableRegister + (i * sizeof(ushort))))]
        : [];

    private uint Capability => UInt32At(CapabilityRegister);
}
