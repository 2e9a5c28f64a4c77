namespace Devices.Pci;

/// <summary>Slot Capabilities (<c>PCI_EXP_SLTCAP</c>, 32 bits).</summary>
/// <param name="Value">The register.</param>
public readonly record struct PcieSlotCapabilities(uint Value)
{
    /// <summary>Whether the slot has an attention button.</summary>
    public bool AttentionButton => Bits.Bit(Value, 0);

    /// <summary>Whether it has a power controller.</summary>
    public bool PowerController => Bits.Bit(Value, 1);

    /// <summary>Whether it has a sensor of its retention latch.</summary>
    public bool MrlSensor => Bits.Bit(Value, 2);

    /// <summary>Whether it has an attention indicator.</summary>
    public bool AttentionIndicator => Bits.Bit(Value, 3);

    /// <summary>Whether it has a power indicator.</summary>
    public bool PowerIndicator => Bits.Bit(Value, 4);

    /// <summary>Whether a card may vanish without notice.</summary>
    public bool HotPlugSurprise => Bits.Bit(Value, 5);

    /// <summary>Whether it can be hot-plugged.</summary>
    public bool HotPlugCapable => Bits.Bit(Value, 6);

    /// <summary>The power that it gives, in watts.</summary>
    public double PowerLimit => PcieSlotPower.Watts(Bits.Field(Value, 7, 8), Bits.Field(Value, 15, 2));

    /// <summary>Whether it has an electromechanical interlock.</summary>
    public bool Interlock => Bits.Bit(Value, 17);

    /// <summary>Whether it does not say when a command is completed.</summary>
    public bool NoCommandCompleted => Bits.Bit(Value, 18);

    /// <summary>The slot's number in the chassis.</summary>
    public int PhysicalSlotNumber => Bits.Field(Value, 19, 13);
}
