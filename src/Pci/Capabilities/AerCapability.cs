namespace Devices.Pci;

/// <summary>Advanced Error Reporting (<c>PCI_EXT_CAP_ID_ERR</c>). A kexec clears the status: save it before.</summary>
public sealed class AerCapability : PciCapability
{
    /// <summary>Offset of Uncorrectable Error Status, 32 bits; ones clear.</summary>
    public const int UncorrectableStatusRegister = PciRegs.PCI_ERR_UNCOR_STATUS;

    /// <summary>Offset of Uncorrectable Error Mask, 32 bits.</summary>
    public const int UncorrectableMaskRegister = PciRegs.PCI_ERR_UNCOR_MASK;

    /// <summary>Offset of Uncorrectable Error Severity, 32 bits.</summary>
    public const int UncorrectableSeverityRegister = PciRegs.PCI_ERR_UNCOR_SEVER;

    /// <summary>Offset of Correctable Error Status, 32 bits; ones clear.</summary>
    public const int CorrectableStatusRegister = PciRegs.PCI_ERR_COR_STATUS;

    /// <summary>Offset of Correctable Error Mask, 32 bits.</summary>
    public const int CorrectableMaskRegister = PciRegs.PCI_ERR_COR_MASK;

    /// <summary>Offset of Advanced Error Capabilities and Control, 32 bits: ECRC.</summary>
    public const int ControlRegister = PciRegs.PCI_ERR_CAP;

    /// <summary>Offset of the Header Log, 4 dwords.</summary>
    public const int HeaderLogRegister = PciRegs.PCI_ERR_HEADER_LOG;

    internal AerCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Uncorrectable errors that occurred.</summary>
    public UncorrectableErrors UncorrectableStatus => (UncorrectableErrors)UInt32At(UncorrectableStatusRegister);

    /// <summary>Uncorrectable errors that are not reported.</summary>
    public UncorrectableErrors UncorrectableMask => (UncorrectableErrors)UInt32At(UncorrectableMaskRegister);

    /// <summary>Uncorrectable errors that count as fatal.</summary>
    public UncorrectableErrors UncorrectableSeverity => (UncorrectableErrors)UInt32At(UncorrectableSeverityRegister);

    /// <summary>Correctable errors that occurred.</summary>
    public CorrectableErrors CorrectableStatus => (CorrectableErrors)UInt32At(CorrectableStatusRegister);

    /// <summary>Correctable errors that are not reported.</summary>
    public CorrectableErrors CorrectableMask => (CorrectableErrors)UInt32At(CorrectableMaskRegister);

    /// <summary>The bit of the first uncorrectable error.</summary>
    public int FirstErrorPointer => Bits.Field(Control, 0, 5);

    /// <summary>Whether the function can generate ECRC.</summary>
    public bool EcrcGenerationSupported => Bits.Bit(Control, 5);

    /// <summary>Whether it generates ECRC.</summary>
    public bool EcrcGenerationEnabled => Bits.Bit(Control, 6);

    /// <summary>Whether it can check ECRC.</summary>
    public bool EcrcCheckSupported => Bits.Bit(Control, 7);

    /// <summary>Whether it checks ECRC.</summary>
    public bool EcrcCheckEnabled => Bits.Bit(Control, 8);

    /// <summary>Whether it can log the headers of several errors.</summary>
    public bool MultipleHeaderRecordingSupported => Bits.Bit(Control, 9);

    /// <summary>Whether it logs the headers of several errors.</summary>
    public bool MultipleHeaderRecordingEnabled => Bits.Bit(Control, 10);

    /// <summary>Whether the log holds TLP prefixes.</summary>
    public bool TlpPrefixLogPresent => Bits.Bit(Control, 11);

    /// <summary>Whether it logs the header of a completion timeout.</summary>
    public bool CompletionTimeoutLogSupported => Bits.Bit(Control, 12);

    /// <summary>The header of the TLP in error: 4 dwords.</summary>
    public IReadOnlyList<uint> HeaderLog => [.. Enumerable.Range(0, 4).Select(i => UInt32At(HeaderLogRegister + (i * sizeof(uint))))];

    /// <summary>The root part, or null in other functions.</summary>
    public AerRootErrors? Root => Holds(PciRegs.PCI_ERR_ROOT_ERR_SRC, sizeof(uint))
        ? new AerRootErrors(
            UInt32At(PciRegs.PCI_ERR_ROOT_COMMAND),
            UInt32At(PciRegs.PCI_ERR_ROOT_STATUS),
            UInt16At(PciRegs.PCI_ERR_ROOT_ERR_SRC),
            UInt16At(PciRegs.PCI_ERR_ROOT_ERR_SRC + sizeof(ushort)))
        : null;

    private uint Control => UInt32At(ControlRegister);
}
