namespace Devices.Pci;

/// <summary>What a saved cache is of.</summary>
public enum ConfigCacheKind : byte
{
    /// <summary>A function's own registers.</summary>
    Function,

    /// <summary>What the VFs of a PF have in common.</summary>
    VirtualFunctions,
}
