namespace Devices.Pci;

/// <summary>The power states of PCI Power Management.</summary>
public enum PciPowerState
{
    /// <summary>On.</summary>
    D0 = 0,

    /// <summary>Light sleep, optional.</summary>
    D1 = 1,

    /// <summary>Deeper sleep, optional.</summary>
    D2 = 2,

    /// <summary>Off with the configuration space still there; leaving it resets the function unless it says No_Soft_Reset.</summary>
    D3Hot = 3,

    /// <summary>Without power: nothing can be read. Only sysfs reports it.</summary>
    D3Cold = 4,

    /// <summary>The kernel does not know. Only sysfs reports it.</summary>
    Unknown = 5,
}
