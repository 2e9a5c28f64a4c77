namespace Devices.Pci;

/// <summary>What an indicator of a slot shows.</summary>
public enum PcieIndicator
{
    /// <summary>Reserved value: not set.</summary>
    Unknown = 0,

    /// <summary>On.</summary>
    On = 1,

    /// <summary>Blinking.</summary>
    Blink = 2,

    /// <summary>Off.</summary>
    Off = 3,
}
