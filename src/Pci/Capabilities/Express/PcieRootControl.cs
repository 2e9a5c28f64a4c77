namespace Devices.Pci;

/// <summary>Root Control (<c>PCI_EXP_RTCTL</c>, 16 bits). Owned by the kernel.</summary>
[Flags]
public enum PcieRootControl : ushort
{
    /// <summary>Nothing is enabled.</summary>
    None = 0,

    /// <summary>A correctable error is a system error.</summary>
    SystemErrorOnCorrectable = 0x1,

    /// <summary>A non-fatal error is a system error.</summary>
    SystemErrorOnNonFatal = 0x2,

    /// <summary>A fatal error is a system error.</summary>
    SystemErrorOnFatal = 0x4,

    /// <summary>PME interrupts.</summary>
    PmeInterruptEnable = 0x8,

    /// <summary>Software sees a configuration request's retry status (RRS, formerly CRS).</summary>
    RrsSoftwareVisibility = 0x10,
}
