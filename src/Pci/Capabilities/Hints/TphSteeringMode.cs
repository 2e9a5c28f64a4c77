namespace Devices.Pci;

/// <summary>How TLP Processing Hints choose a steering tag (<c>PCI_TPH_ST_*_MODE</c>); further values are reserved.</summary>
public enum TphSteeringMode
{
    /// <summary>No tags: all are 0.</summary>
    None = 0,

    /// <summary>The tag of the interrupt vector.</summary>
    InterruptVector = 1,

    /// <summary>As the device defines.</summary>
    DeviceSpecific = 2,
}
