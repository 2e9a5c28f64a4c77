namespace Devices.Pci;

/// <summary>What Downstream Port Containment does, beside its trigger (DPC Control, 16 bits).</summary>
[Flags]
public enum DpcControls : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Requests to below are completed as unsupported, not as aborted, while contained.</summary>
    CompleteAsUnsupported = 0x04,

    /// <summary>Interrupts (<c>PCI_EXP_DPC_CTL_INT_EN</c>).</summary>
    InterruptEnable = 0x08,

    /// <summary>Sends ERR_COR.</summary>
    ErrCorEnable = 0x10,

    /// <summary>Blocks poisoned TLPs on their way out.</summary>
    PoisonedTlpEgressBlocking = 0x20,

    /// <summary>Triggers by software; reads as 0.</summary>
    SoftwareTrigger = 0x40,

    /// <summary>Sends ERR_COR when the link is active again.</summary>
    DlActiveErrCorEnable = 0x80,
}
