namespace Devices.Pci;

/// <summary>
/// Downstream Port Containment (<c>PCI_EXT_CAP_ID_DPC</c>), in root and downstream ports: an error takes the link below down, and with it the
/// devices there. Owned by the kernel.
/// </summary>
public sealed class DpcCapability : PciCapability
{
    /// <summary>Offset of DPC Capability, 16 bits.</summary>
    public const int CapabilityRegister = PciRegs.PCI_EXP_DPC_CAP;

    /// <summary>Offset of DPC Control, 16 bits.</summary>
    public const int ControlRegister = PciRegs.PCI_EXP_DPC_CTL;

    /// <summary>Offset of DPC Status, 16 bits; ones clear.</summary>
    public const int StatusRegister = PciRegs.PCI_EXP_DPC_STATUS;

    internal const int MinLength = 12;

    private const DpcControls Mask = (DpcControls)0xFC;

    internal DpcCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The interrupt message number.</summary>
    public int InterruptMessage => Bits.Field(Capability, 0, 5);

    /// <summary>Whether a root port handles errors of its own requests too.</summary>
    public bool RootPortExtensions => Bits.Bit(Capability, 5);

    /// <summary>Whether it can block poisoned TLPs.</summary>
    public bool PoisonedTlpEgressBlockingSupported => Bits.Bit(Capability, 6);

    /// <summary>Whether software can trigger it.</summary>
    public bool SoftwareTriggerSupported => Bits.Bit(Capability, 7);

    /// <summary>How many dwords of log there are of errors of a root port's own requests.</summary>
    public int RootPortPioLogDwords => Bits.Field(Capability, 8, 4) | (Bits.Field(Capability, 13, 1) << 4);

    /// <summary>Whether it can send ERR_COR when the link is active again.</summary>
    public bool DlActiveErrCorSupported => Bits.Bit(Capability, 12);

    /// <summary>What triggers it.</summary>
    public DpcTrigger Trigger => (DpcTrigger)Bits.Field(UInt16At(ControlRegister), 0, 2);

    /// <summary>What else it does.</summary>
    public DpcControls Control => (DpcControls)UInt16At(ControlRegister) & Mask;

    /// <summary>Whether it was triggered: the link below is down until this is cleared.</summary>
    public bool Triggered => Bits.Bit(Status, 0);

    /// <summary>What triggered it.</summary>
    public DpcTriggerReason Reason => (DpcTriggerReason)Bits.Field(Status, 1, 2);

    /// <summary>Whether an interrupt was sent and not cleared.</summary>
    public bool InterruptStatus => Bits.Bit(Status, 3);

    /// <summary>Whether a root port is busy still: the trigger may not be cleared.</summary>
    public bool RootPortBusy => Bits.Bit(Status, 4);

    /// <summary>What triggered it, if the reason is <see cref="DpcTriggerReason.InExtension"/>: 0 a root port's own request, 1 software.</summary>
    public int ReasonExtension => Bits.Field(Status, 5, 2);

    /// <summary>The bit of the first error of a root port's own requests.</summary>
    public int RootPortPioFirstError => Bits.Field(Status, 8, 5);

    /// <summary>Who sent the message that triggered it: a routing id.</summary>
    public ushort ErrorSource => UInt16At(PciRegs.PCI_EXP_DPC_SOURCE_ID);

    /// <summary>The errors of a root port's own requests, or null without the extensions.</summary>
    public DpcRootPortPio? RootPortPio => Holds(PciRegs.PCI_EXP_DPC_RP_PIO_EXCEPTION, sizeof(uint))
        ? new DpcRootPortPio(
            UInt32At(PciRegs.PCI_EXP_DPC_RP_PIO_STATUS),
            UInt32At(PciRegs.PCI_EXP_DPC_RP_PIO_MASK),
            UInt32At(PciRegs.PCI_EXP_DPC_RP_PIO_SEVERITY),
            UInt32At(PciRegs.PCI_EXP_DPC_RP_PIO_SYSERROR),
            UInt32At(PciRegs.PCI_EXP_DPC_RP_PIO_EXCEPTION))
        : null;

    /// <summary>The log of such an error: 4 dwords of TLP header, one of the implementation's, the rest TLP prefixes. Empty without it.</summary>
    public IReadOnlyList<uint> RootPortPioLog =>
        [.. Enumerable.Range(0, RootPortPioLogDwords)
            .Select(i => PciRegs.PCI_EXP_DPC_RP_PIO_HEADER_LOG + (i * sizeof(uint)))
            .Where(offset => Holds(offset, sizeof(uint)))
            .Select(UInt32At)];

    private ushort Capability => UInt16At(CapabilityRegister);

    private ushort Status => UInt16At(StatusRegister);
}
