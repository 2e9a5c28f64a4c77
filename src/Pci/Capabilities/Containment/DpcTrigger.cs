namespace Devices.Pci;

/// <summary>What triggers Downstream Port Containment (<c>PCI_EXP_DPC_CTL_EN_*</c>).</summary>
public enum DpcTrigger
{
    /// <summary>Nothing.</summary>
    Disabled = 0,

    /// <summary>An uncorrectable error of the port, or a message of a fatal one from below.</summary>
    Fatal = 1,

    /// <summary>The same, and messages of non-fatal errors.</summary>
    NonFatalOrFatal = 2,

    /// <summary>Reserved.</summary>
    Reserved = 3,
}
