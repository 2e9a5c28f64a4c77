namespace Devices.Pci;

/// <summary>Link Control (<c>PCI_EXP_LNKCTL</c>, 16 bits). Owned by the kernel.</summary>
/// <param name="Value">The register.</param>
public readonly record struct PcieLinkControl(ushort Value)
{
    /// <summary>What ASPM is enabled.</summary>
    public PcieAspm Aspm => (PcieAspm)Bits.Field(Value, 0, 2);

    /// <summary>The read completion boundary in bytes: 64 or 128.</summary>
    public int ReadCompletionBoundary => Bits.Bit(Value, 3) ? 128 : 64;

    /// <summary>Whether the link is disabled.</summary>
    public bool LinkDisable => Bits.Bit(Value, 4);

    /// <summary>Whether both ends share a clock.</summary>
    public bool CommonClock => Bits.Bit(Value, 6);

    /// <summary>Whether it sends extended synchronisation.</summary>
    public bool ExtendedSynch => Bits.Bit(Value, 7);

    /// <summary>Whether it may stop its clock.</summary>
    public bool ClockPowerManagement => Bits.Bit(Value, 8);

    /// <summary>Whether the hardware may not change the width by itself.</summary>
    public bool AutonomousWidthDisable => Bits.Bit(Value, 9);

    /// <summary>Whether a change of bandwidth interrupts.</summary>
    public bool BandwidthManagementInterrupt => Bits.Bit(Value, 10);

    /// <summary>Whether an autonomous change of bandwidth interrupts.</summary>
    public bool AutonomousBandwidthInterrupt => Bits.Bit(Value, 11);
}
