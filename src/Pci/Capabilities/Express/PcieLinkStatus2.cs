namespace Devices.Pci;

/// <summary>Link Status 2 (<c>PCI_EXP_LNKSTA2</c>, 16 bits).</summary>
/// <param name="Value">The register.</param>
public readonly record struct PcieLinkStatus2(ushort Value)
{
    /// <summary>Whether the de-emphasis is -3.5 dB instead of -6 dB (5 GT/s).</summary>
    public bool DeemphasisMinus3Point5Db => Bits.Bit(Value, 0);

    /// <summary>Whether equalization at 8 GT/s is complete.</summary>
    public bool EqualizationComplete => Bits.Bit(Value, 1);

    /// <summary>Whether its phase 1 succeeded.</summary>
    public bool EqualizationPhase1 => Bits.Bit(Value, 2);

    /// <summary>Whether its phase 2 succeeded.</summary>
    public bool EqualizationPhase2 => Bits.Bit(Value, 3);

    /// <summary>Whether its phase 3 succeeded.</summary>
    public bool EqualizationPhase3 => Bits.Bit(Value, 4);

    /// <summary>Whether the link asks for equalization.</summary>
    public bool LinkEqualizationRequest => Bits.Bit(Value, 5);
}
