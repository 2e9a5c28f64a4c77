namespace Devices.Pci;

/// <summary>PCI Express (<c>PCI_CAP_ID_EXP</c>): device, link, slot and root registers, each set where the function has it.</summary>
public sealed class PciExpressCapability : PciCapability
{
    /// <summary>Offset of Device Control, 16 bits.</summary>
    public const int DeviceControlRegister = PciRegs.PCI_EXP_DEVCTL;

    /// <summary>Offset of Device Status, 16 bits.</summary>
    public const int DeviceStatusRegister = PciRegs.PCI_EXP_DEVSTA;

    /// <summary>Offset of Link Control, 16 bits.</summary>
    public const int LinkControlRegister = PciRegs.PCI_EXP_LNKCTL;

    /// <summary>Offset of Link Status, 16 bits.</summary>
    public const int LinkStatusRegister = PciRegs.PCI_EXP_LNKSTA;

    /// <summary>Offset of Slot Control, 16 bits.</summary>
    public const int SlotControlRegister = PciRegs.PCI_EXP_SLTCTL;

    /// <summary>Offset of Root Control, 16 bits.</summary>
    public const int RootControlRegister = PciRegs.PCI_EXP_RTCTL;

    /// <summary>Offset of Device Control 2, 16 bits.</summary>
    public const int DeviceControl2Register = PciRegs.PCI_EXP_DEVCTL2;

    /// <summary>Offset of Link Control 2, 16 bits.</summary>
    public const int LinkControl2Register = PciRegs.PCI_EXP_LNKCTL2;

    internal PciExpressCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The capability's version: 1, or 2 since PCIe 2.0.</summary>
    public int CapabilityVersion => Bits.Field(Flags, 0, 4);

    /// <summary>What the function is.</summary>
    public PcieDeviceType DeviceType => (PcieDeviceType)Bits.Field(Flags, 4, 4);

    /// <summary>Whether it is a port or a bridge, not an endpoint or event collector.</summary>
    public bool IsPort => DeviceType is >= PcieDeviceType.RootPort and <= PcieDeviceType.PciToPcieBridge;

    /// <summary>Whether a slot is behind the port.</summary>
    public bool SlotImplemented => Bits.Bit(Flags, 8);

    /// <summary>The interrupt message number.</summary>
    public int InterruptMessage => Bits.Field(Flags, 9, 5);

    /// <summary>Device Capabilities.</summary>
    public PcieDeviceCapabilities DeviceCapabilities => new(UInt32At(PciRegs.PCI_EXP_DEVCAP));

    /// <summary>Device Control.</summary>
    public PcieDeviceControl DeviceControl => new(UInt16At(DeviceControlRegister));

    /// <summary>Device Status.</summary>
    public PcieDeviceStatus DeviceStatus => (PcieDeviceStatus)UInt16At(DeviceStatusRegister);

    /// <summary>The link registers, or null for a function without a link.</summary>
    public PcieLink? Link => HasLink && Holds(LinkStatusRegister, sizeof(ushort))
        ? new PcieLink(
            new PcieLinkCapabilities(UInt32At(PciRegs.PCI_EXP_LNKCAP)),
            new PcieLinkControl(UInt16At(LinkControlRegister)),
            new PcieLinkStatus(UInt16At(LinkStatusRegister)))
        : null;

    /// <summary>The slot registers, or null where there is no slot.</summary>
    public PcieSlot? Slot => SlotImplemented && IsDownstream && Holds(PciRegs.PCI_EXP_SLTSTA, sizeof(ushort))
        ? new PcieSlot(
            new PcieSlotCapabilities(UInt32At(PciRegs.PCI_EXP_SLTCAP)),
            new PcieSlotControl(UInt16At(SlotControlRegister)),
            (PcieSlotStatus)UInt16At(PciRegs.PCI_EXP_SLTSTA))
        : null;

    /// <summary>The root registers, or null for what is no root port or event collector.</summary>
    public PcieRoot? Root =>
        DeviceType is PcieDeviceType.RootPort or PcieDeviceType.RootComplexEventCollector && Holds(PciRegs.PCI_EXP_RTSTA, sizeof(uint))
            ? new PcieRoot((PcieRootControl)UInt16At(RootControlRegister), UInt16At(PciRegs.PCI_EXP_RTCAP), UInt32At(PciRegs.PCI_EXP_RTSTA))
            : null;

    /// <summary>Device Capabilities 2, or null before capability version 2.</summary>
    public PcieDeviceCapabilities2? DeviceCapabilities2 => HasSecondSet ? new PcieDeviceCapabilities2(UInt32At(PciRegs.PCI_EXP_DEVCAP2)) : null;

    /// <summary>Device Control 2, or null before capability version 2.</summary>
    public PcieDeviceControl2? DeviceControl2 => HasSecondSet ? new PcieDeviceControl2(UInt16At(DeviceControl2Register)) : null;

    /// <summary>The second set of link registers, or null without a link or before capability version 2.</summary>
    public PcieLink2? Link2 => HasLink && CapabilityVersion >= 2 && Holds(PciRegs.PCI_EXP_LNKSTA2, sizeof(ushort))
        ? new PcieLink2(
            new PcieLinkCapabilities2(UInt32At(PciRegs.PCI_EXP_LNKCAP2)),
            new PcieLinkControl2(UInt16At(LinkControl2Register)),
            new PcieLinkStatus2(UInt16At(PciRegs.PCI_EXP_LNKSTA2)))
        : null;

    private ushort Flags => UInt16At(PciRegs.PCI_EXP_FLAGS);

    private bool HasLink => DeviceType is not (PcieDeviceType.RootComplexIntegratedEndpoint or PcieDeviceType.RootComplexEventCollector);

    private bool IsDownstream => DeviceType is PcieDeviceType.RootPort or PcieDeviceType.DownstreamPort or PcieDeviceType.PciToPcieBridge;

    private bool HasSecondSet => CapabilityVersion >= 2 && Holds(DeviceControl2Register, sizeof(ushort));
}
