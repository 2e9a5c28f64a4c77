namespace Devices.Pci;

/// <summary>Link Capabilities (<c>PCI_EXP_LNKCAP</c>, 32 bits).</summary>
/// <param name="Value">The register.</param>
public readonly record struct PcieLinkCapabilities(uint Value)
{
    /// <summary>The highest speed.</summary>
    public PcieLinkSpeed MaxSpeed => PcieLink.Speed(Bits.Field(Value, 0, 4));

    /// <summary>The largest width: 1 to 32 lanes; 0 where there is no link.</summary>
    public int MaxWidth => Bits.Field(Value, 4, 6);

    /// <summary>What ASPM it supports.</summary>
    public PcieAspm Aspm => (PcieAspm)Bits.Field(Value, 10, 2);

    /// <summary>The latency of leaving L0s, as the register has it: 0 below 64 ns, then doubling, 7 above 4 us.</summary>
    public int L0sExitLatency => Bits.Field(Value, 12, 3);

    /// <summary>The latency of leaving L1, as the register has it: 0 below 1 us, then doubling, 7 above 64 us.</summary>
    public int L1ExitLatency => Bits.Field(Value, 15, 3);

    /// <summary>Whether it can stop its clock.</summary>
    public bool ClockPowerManagement => Bits.Bit(Value, 18);

    /// <summary>Whether it reports a surprise down.</summary>
    public bool SurpriseDownErrorReporting => Bits.Bit(Value, 19);

    /// <summary>Whether it reports that the link is active.</summary>
    public bool DataLinkLayerActiveReporting => Bits.Bit(Value, 20);

    /// <summary>Whether it notifies of changes of bandwidth.</summary>
    public bool BandwidthNotification => Bits.Bit(Value, 21);

    /// <summary>Whether ASPM may be left to software (PCIe 3.0 and later).</summary>
    public bool AspmOptionalityCompliance => Bits.Bit(Value, 22);

    /// <summary>The port's number.</summary>
    public byte PortNumber => (byte)Bits.Field(Value, 24, 8);
}
