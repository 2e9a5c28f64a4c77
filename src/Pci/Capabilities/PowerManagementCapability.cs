namespace Devices.Pci;

/// <summary>PCI Power Management (<c>PCI_CAP_ID_PM</c>): which states the function has and in which it is.</summary>
public sealed class PowerManagementCapability : PciCapability
{
    /// <summary>Offset of Power Management Capabilities (PMC), 16 bits.</summary>
    public const int CapabilitiesRegister = PciRegs.PCI_PM_PMC;

    /// <summary>Offset of Power Management Control and Status (PMCSR), 16 bits. VFIO traps writes of the power state.</summary>
    public const int ControlStatusRegister = PciRegs.PCI_PM_CTRL;

    // AuxCurrent, PMC bits 8:6.
    private static readonly int[] AuxMilliamps = [0, 55, 100, 160, 220, 270, 320, 375];

    internal PowerManagementCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The version of the specification: 3 in PCIe.</summary>
    public int SpecificationVersion => Bits.Field(Pmc, 0, 3);

    /// <summary>Whether PME needs the PCI clock.</summary>
    public bool PmeClock => Bits.Bit(Pmc, 3);

    /// <summary>Whether the function needs initialisation of its own before its driver.</summary>
    public bool DeviceSpecificInitialization => Bits.Bit(Pmc, 5);

    /// <summary>The auxiliary current that it needs, in milliamperes.</summary>
    public int AuxCurrentMilliamps => AuxMilliamps[Bits.Field(Pmc, 6, 3)];

    /// <summary>Whether it has the state D1.</summary>
    public bool SupportsD1 => Bits.Bit(Pmc, 9);

    /// <summary>Whether it has the state D2.</summary>
    public bool SupportsD2 => Bits.Bit(Pmc, 10);

    /// <summary>Whether it can signal PME in a state.</summary>
    /// <param name="state">D0 to D3cold.</param>
    /// <returns>True if it can.</returns>
    public bool SupportsPmeFrom(PciPowerState state) => state is >= PciPowerState.D0 and <= PciPowerState.D3Cold && Bits.Bit(Pmc, 11 + (int)state);

    /// <summary>The state it is in: D0 to D3hot.</summary>
    public PciPowerState PowerState => (PciPowerState)Bits.Field(Pmcsr, 0, 2);

    /// <summary>Whether its registers survive D3hot: leaving D3hot does not reset it (No_Soft_Reset).</summary>
    public bool NoSoftReset => Bits.Bit(Pmcsr, 3);

    /// <summary>Whether PME is enabled.</summary>
    public bool PmeEnabled => Bits.Bit(Pmcsr, 8);

    /// <summary>What the data register shows.</summary>
    public int DataSelect => Bits.Field(Pmcsr, 9, 4);

    /// <summary>In which unit the data register shows it.</summary>
    public int DataScale => Bits.Field(Pmcsr, 13, 2);

    /// <summary>Whether PME is signalled.</summary>
    public bool PmeStatus => Bits.Bit(Pmcsr, 15);

    private ushort Pmc => UInt16At(CapabilitiesRegister);

    private ushort Pmcsr => UInt16At(ControlStatusRegister);
}
