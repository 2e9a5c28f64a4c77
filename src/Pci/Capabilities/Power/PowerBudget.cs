namespace Devices.Pci;

/// <summary>An entry of Power Budgeting: what the function draws in a condition (<c>PCI_PWR_DATA</c>, 32 bits).</summary>
/// <param name="Value">The register.</param>
public readonly record struct PowerBudget(uint Value)
{
    /// <summary>The power in watts.</summary>
    public double Watts => PcieSlotPower.Watts(Bits.Field(Value, 0, 8), Bits.Field(Value, 8, 2));

    /// <summary>The substate within the power state: 0 by default, others as the device defines.</summary>
    public int PowerSubstate => Bits.Field(Value, 10, 3);

    /// <summary>The power state: D0 to D3hot.</summary>
    public PciPowerState PowerState => (PciPowerState)Bits.Field(Value, 13, 2);

    /// <summary>The kind of operation: 0 PME aux, 1 auxiliary, 2 idle, 3 sustained, 4 sustained in an emergency, 5 the largest in an emergency, 7 the largest.</summary>
    public int OperationType => Bits.Field(Value, 15, 3);

    /// <summary>The rail: 0 12 V, 1 3.3 V, 2 1.5 or 1.8 V, 3 48 V, 4 5 V, 7 thermal.</summary>
    public int Rail => Bits.Field(Value, 18, 3);
}
