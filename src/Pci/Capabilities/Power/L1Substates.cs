namespace Devices.Pci;

/// <summary>The substates of L1: supported and enabled have the same bits (<c>PCI_L1SS_CAP_*</c>, <c>PCI_L1SS_CTL1_*</c>).</summary>
[Flags]
public enum L1Substates
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>L1.2, entered because of the function's power state.</summary>
    PciPmL12 = 0x1,

    /// <summary>L1.1, entered because of the function's power state.</summary>
    PciPmL11 = 0x2,

    /// <summary>L1.2, entered by ASPM.</summary>
    AspmL12 = 0x4,

    /// <summary>L1.1, entered by ASPM.</summary>
    AspmL11 = 0x8,
}
