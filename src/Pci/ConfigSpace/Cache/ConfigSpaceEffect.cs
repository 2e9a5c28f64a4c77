namespace Devices.Pci;

/// <summary>What a write through the cache, or an event told to it, does to other functions or to what holds addresses of this one.</summary>
public enum ConfigSpaceEffect
{
    /// <summary>The function was reset. A PF's VFs are gone with it.</summary>
    FunctionReset,

    /// <summary>SR-IOV registers of a PF were written: VFs came, went or moved.</summary>
    VirtualFunctionsChanged,

    /// <summary>What is behind the bridge was reset.</summary>
    BusReset,

    /// <summary>What is behind the bridge has other addresses.</summary>
    BusesRenumbered,

    /// <summary>Registers that only the vendor knows were written, or cached and actual values were found to differ: anything may have changed.</summary>
    Unknown,
}
