namespace Devices.Pci;

/// <summary>The Status register (<c>PCI_STATUS</c>, 16 bits). The error bits are cleared by writing ones.</summary>
[Flags]
public enum PciStatus : ushort
{
    /// <summary>Nothing is set.</summary>
    None = 0,

    /// <summary>Ready at once after a reset (<c>PCI_STATUS_IMM_READY</c>).</summary>
    ImmediateReadiness = 0x1,

    /// <summary>An INTx interrupt is pending (<c>PCI_STATUS_INTERRUPT</c>).</summary>
    InterruptPending = 0x8,

    /// <summary>There is a capability list (<c>PCI_STATUS_CAP_LIST</c>).</summary>
    CapabilityList = 0x10,

    /// <summary>66 MHz; conventional PCI (<c>PCI_STATUS_66MHZ</c>).</summary>
    Capable66MHz = 0x20,

    /// <summary>User definable features; obsolete (<c>PCI_STATUS_UDF</c>).</summary>
    UserDefinable = 0x40,

    /// <summary>Accepts fast back-to-back; conventional PCI (<c>PCI_STATUS_FAST_BACK</c>).</summary>
    FastBackToBack = 0x80,

    /// <summary>A parity error as master (<c>PCI_STATUS_PARITY</c>).</summary>
    MasterDataParityError = 0x100,

    /// <summary>DEVSEL timing, lower bit; conventional PCI.</summary>
    DevselMedium = 0x200,

    /// <summary>DEVSEL timing, upper bit; conventional PCI.</summary>
    DevselSlow = 0x400,

    /// <summary>Signalled a target abort (<c>PCI_STATUS_SIG_TARGET_ABORT</c>).</summary>
    SignaledTargetAbort = 0x800,

    /// <summary>Received a target abort (<c>PCI_STATUS_REC_TARGET_ABORT</c>).</summary>
    ReceivedTargetAbort = 0x1000,

    /// <summary>Received a master abort (<c>PCI_STATUS_REC_MASTER_ABORT</c>).</summary>
    ReceivedMasterAbort = 0x2000,

    /// <summary>Signalled a system error (<c>PCI_STATUS_SIG_SYSTEM_ERROR</c>).</summary>
    SignaledSystemError = 0x4000,

    /// <summary>Detected a parity error (<c>PCI_STATUS_DETECTED_PARITY</c>).</summary>
    DetectedParityError = 0x8000,
}
