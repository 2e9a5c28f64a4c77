namespace Devices.Pci;

/// <summary>Ways of arbitration that a Virtual Channel capability offers, between channels or between ports (<c>PCI_VC_*_PHASE*</c>).</summary>
[Flags]
public enum VcArbitrations : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Fixed by the hardware.</summary>
    Fixed = 0x01,

    /// <summary>Weighted round robin of 32 phases.</summary>
    WeightedRoundRobin32 = 0x02,

    /// <summary>Weighted round robin of 64 phases.</summary>
    WeightedRoundRobin64 = 0x04,

    /// <summary>Weighted round robin of 128 phases.</summary>
    WeightedRoundRobin128 = 0x08,

    /// <summary>Time-based weighted round robin of 128 phases; between ports alone.</summary>
    TimeBasedWeightedRoundRobin128 = 0x10,

    /// <summary>Weighted round robin of 256 phases; between ports alone.</summary>
    WeightedRoundRobin256 = 0x20,
}
