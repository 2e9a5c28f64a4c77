namespace Devices.Pci;

/// <summary>Page Request Interface (<c>PCI_EXT_CAP_ID_PRI</c>): the device asks for pages that are not mapped. Enabled by the IOMMU driver.</summary>
public sealed class PageRequestCapability : PciCapability
{
    /// <summary>Offset of Page Request Control, 16 bits.</summary>
    public const int ControlRegister = PciRegs.PCI_PRI_CTRL;

    /// <summary>Offset of Page Request Status, 16 bits.</summary>
    public const int StatusRegister = PciRegs.PCI_PRI_STATUS;

    internal PageRequestCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether it may send page requests.</summary>
    public bool Enabled => Bits.Bit(UInt16At(ControlRegister), 0);

    /// <summary>Whether the reset bit reads as set: writing it while disabled clears the counters of requests.</summary>
    public bool Reset => Bits.Bit(UInt16At(ControlRegister), 1);

    /// <summary>Whether a response said that a request failed for good.</summary>
    public bool ResponseFailure => Bits.Bit(UInt16At(StatusRegister), 0);

    /// <summary>Whether a response came for a group of requests that it did not send.</summary>
    public bool UnexpectedGroupIndex => Bits.Bit(UInt16At(StatusRegister), 1);

    /// <summary>Whether all earlier requests are answered and none will be sent; of meaning while disabled.</summary>
    public bool Stopped => Bits.Bit(UInt16At(StatusRegister), 8);

    /// <summary>Whether it expects a PASID in responses to requests that had one.</summary>
    public bool ResponsePasidRequired => Bits.Bit(UInt16At(StatusRegister), 15);

    /// <summary>How many requests it can have outstanding.</summary>
    public uint OutstandingCapacity => UInt32At(PciRegs.PCI_PRI_MAX_REQ);

    /// <summary>How many requests it may have outstanding.</summary>
    public uint OutstandingAllocation => UInt32At(PciRegs.PCI_PRI_ALLOC_REQ);
}
