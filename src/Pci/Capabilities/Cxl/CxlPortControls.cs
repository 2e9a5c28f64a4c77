namespace Devices.Pci;

/// <summary>Port Control Extensions of a CXL port (<c>PCI_DVSEC_CXL_PORT_CTL</c>, 16 bits).</summary>
[Flags]
public enum CxlPortControls : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The secondary bus reset works, which is masked for CXL devices otherwise (<c>PCI_DVSEC_CXL_PORT_CTL_UNMASK_SBR</c>).</summary>
    UnmaskSecondaryBusReset = 0x0001,

    /// <summary>The link can be disabled.</summary>
    UnmaskLinkDisable = 0x0002,

    /// <summary>The alternate memory and bus ranges count.</summary>
    AlternateMemoryAndIdSpace = 0x0004,

    /// <summary>Requests from the alternate ranges pass.</summary>
    AlternateBusMaster = 0x0008,

    /// <summary>The port takes part in viral handling.</summary>
    Viral = 0x4000,
}
