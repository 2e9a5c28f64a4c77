namespace Devices.Pci;

/// <summary>Link Status (<c>PCI_EXP_LNKSTA</c>, 16 bits).</summary>
/// <param name="Value">The register.</param>
public readonly record struct PcieLinkStatus(ushort Value)
{
    /// <summary>The speed now.</summary>
    public PcieLinkSpeed Speed => PcieLink.Speed(Bits.Field(Value, 0, 4));

    /// <summary>The width now, in lanes.</summary>
    public int Width => Bits.Field(Value, 4, 6);

    /// <summary>Whether training failed (PCIe 1.0).</summary>
    public bool TrainingError => Bits.Bit(Value, 10);

    /// <summary>Whether it is training.</summary>
    public bool Training => Bits.Bit(Value, 11);

    /// <summary>Whether it uses the slot's clock.</summary>
    public bool SlotClock => Bits.Bit(Value, 12);

    /// <summary>Whether the link is active, if it reports that.</summary>
    public bool DataLinkLayerActive => Bits.Bit(Value, 13);

    /// <summary>Whether the bandwidth changed.</summary>
    public bool BandwidthManagement => Bits.Bit(Value, 14);

    /// <summary>Whether the bandwidth changed by the hardware's own doing.</summary>
    public bool AutonomousBandwidth => Bits.Bit(Value, 15);
}
