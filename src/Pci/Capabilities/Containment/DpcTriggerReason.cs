namespace Devices.Pci;

/// <summary>What triggered Downstream Port Containment (<c>PCI_EXP_DPC_STATUS_TRIGGER_RSN_*</c>).</summary>
public enum DpcTriggerReason
{
    /// <summary>An uncorrectable error that the port found itself, not masked.</summary>
    Uncorrectable = 0,

    /// <summary>A message of a non-fatal error from below.</summary>
    NonFatalMessage = 1,

    /// <summary>A message of a fatal error from below.</summary>
    FatalMessage = 2,

    /// <summary>What the extension field says.</summary>
    InExtension = 3,
}
