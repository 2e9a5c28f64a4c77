namespace Devices.Pci;

/// <summary>Active State Power Management of a link.</summary>
[Flags]
public enum PcieAspm
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>L0s.</summary>
    L0s = 1,

    /// <summary>L1.</summary>
    L1 = 2,
}
