namespace Devices.Pci;

/// <summary>Uncorrectable errors of Advanced Error Reporting: status, mask and severity have the same bits (<c>PCI_ERR_UNC_*</c>).</summary>
[Flags]
public enum UncorrectableErrors : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Data Link Protocol Error.</summary>
    DataLinkProtocol = 0x10,

    /// <summary>Surprise Down Error.</summary>
    SurpriseDown = 0x20,

    /// <summary>Poisoned TLP Received.</summary>
    PoisonedTlp = 0x1000,

    /// <summary>Flow Control Protocol Error.</summary>
    FlowControlProtocol = 0x2000,

    /// <summary>Completion Timeout.</summary>
    CompletionTimeout = 0x4000,

    /// <summary>Completer Abort.</summary>
    CompleterAbort = 0x8000,

    /// <summary>Unexpected Completion.</summary>
    UnexpectedCompletion = 0x1_0000,

    /// <summary>Receiver Overflow.</summary>
    ReceiverOverflow = 0x2_0000,

    /// <summary>Malformed TLP.</summary>
    MalformedTlp = 0x4_0000,

    /// <summary>ECRC Error.</summary>
    Ecrc = 0x8_0000,

    /// <summary>Unsupported Request.</summary>
    UnsupportedRequest = 0x10_0000,

    /// <summary>ACS Violation.</summary>
    AcsViolation = 0x20_0000,

    /// <summary>Uncorrectable Internal Error.</summary>
    Internal = 0x40_0000,

    /// <summary>MC Blocked TLP.</summary>
    MulticastBlockedTlp = 0x80_0000,

    /// <summary>AtomicOp Egress Blocked.</summary>
    AtomicOpEgressBlocked = 0x100_0000,

    /// <summary>TLP Prefix Blocked.</summary>
    TlpPrefixBlocked = 0x200_0000,

    /// <summary>Poisoned TLP Egress Blocked.</summary>
    PoisonedTlpEgressBlocked = 0x400_0000,

    /// <summary>DMWr Request Egress Blocked.</summary>
    DmwrEgressBlocked = 0x800_0000,

    /// <summary>IDE Check Failed.</summary>
    IdeCheckFailed = 0x1000_0000,

    /// <summary>Misrouted IDE TLP.</summary>
    MisroutedIdeTlp = 0x2000_0000,

    /// <summary>PCRC Check Failed.</summary>
    PcrcCheckFailed = 0x4000_0000,

    /// <summary>TLP Translation Egress Blocked.</summary>
    TlpTranslationEgressBlocked = 0x8000_0000,
}
