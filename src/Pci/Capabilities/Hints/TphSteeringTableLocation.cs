namespace Devices.Pci;

/// <summary>Where the steering tags of TLP Processing Hints are (<c>PCI_TPH_LOC_*</c>).</summary>
public enum TphSteeringTableLocation
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>In the capability.</summary>
    Capability = 1,

    /// <summary>In the MSI-X table, a tag a vector.</summary>
    MsixTable = 2,

    /// <summary>Reserved.</summary>
    Reserved = 3,
}
