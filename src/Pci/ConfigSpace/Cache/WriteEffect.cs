namespace Devices.Pci;

/// <summary>What the write of a register changes beyond the register itself.</summary>
public enum WriteEffect : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The BARs of the header and the expansion ROM: VFIO restores them when decoding is switched on, Resizable BAR moves them.</summary>
    Bars,

    /// <summary>All of the capability, and Command (INTx Disable).</summary>
    Interrupts,

    /// <summary>The function is reset, or may be: leaving D3hot resets one without No_Soft_Reset.</summary>
    Reset,

    /// <summary>VFs come, go or move.</summary>
    VirtualFunctions,

    /// <summary>What is behind the bridge is reset.</summary>
    BusReset,

    /// <summary>What is behind the bridge has other addresses.</summary>
    Buses,

    /// <summary>Anything: only the vendor knows.</summary>
    Unknown,
}
