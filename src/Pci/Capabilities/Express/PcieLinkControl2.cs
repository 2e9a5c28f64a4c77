namespace Devices.Pci;

/// <summary>Link Control 2 (<c>PCI_EXP_LNKCTL2</c>, 16 bits). Owned by the kernel.</summary>
/// <param name="Value">The register.</param>
public readonly record struct PcieLinkControl2(ushort Value)
{
    /// <summary>The highest speed that it tries for. A register of 0 stands for 2.5 GT/s: a link that has no other may leave it so.</summary>
    public PcieLinkSpeed TargetSpeed => PcieLink.Speed(Math.Max(Bits.Field(Value, 0, 4), (int)PcieLinkSpeed.Gen1));

    /// <summary>Whether it enters compliance mode.</summary>
    public bool EnterCompliance => Bits.Bit(Value, 4);

    /// <summary>Whether the hardware may not change the speed by itself.</summary>
    public bool AutonomousSpeedDisable => Bits.Bit(Value, 5);

    /// <summary>The transmit margin; 0 is normal operation.</summary>
    public int TransmitMargin => Bits.Field(Value, 7, 3);

    /// <summary>Whether it enters modified compliance mode.</summary>
    public bool EnterModifiedCompliance => Bits.Bit(Value, 10);

    /// <summary>Whether it sends SOS in compliance mode.</summary>
    public bool ComplianceSos => Bits.Bit(Value, 11);
}
