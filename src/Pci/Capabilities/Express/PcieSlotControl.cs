namespace Devices.Pci;

/// <summary>Slot Control (<c>PCI_EXP_SLTCTL</c>, 16 bits). Owned by the kernel.</summary>
/// <param name="Value">The register.</param>
public readonly record struct PcieSlotControl(ushort Value)
{
    /// <summary>Whether the attention button is reported.</summary>
    public bool AttentionButtonEnable => Bits.Bit(Value, 0);

    /// <summary>Whether a power fault is reported.</summary>
    public bool PowerFaultEnable => Bits.Bit(Value, 1);

    /// <summary>Whether a change of the latch is reported.</summary>
    public bool MrlSensorEnable => Bits.Bit(Value, 2);

    /// <summary>Whether a change of presence is reported.</summary>
    public bool PresenceDetectEnable => Bits.Bit(Value, 3);

    /// <summary>Whether a completed command interrupts.</summary>
    public bool CommandCompletedEnable => Bits.Bit(Value, 4);

    /// <summary>Whether hot-plug events interrupt.</summary>
    public bool HotPlugInterruptEnable => Bits.Bit(Value, 5);

    /// <summary>What the attention indicator shows.</summary>
    public PcieIndicator AttentionIndicator => (PcieIndicator)Bits.Field(Value, 6, 2);

    /// <summary>What the power indicator shows.</summary>
    public PcieIndicator PowerIndicator => (PcieIndicator)Bits.Field(Value, 8, 2);

    /// <summary>Whether the slot's power is off.</summary>
    public bool PowerOff => Bits.Bit(Value, 10);

    /// <summary>Whether the interlock is toggled.</summary>
    public bool Interlock => Bits.Bit(Value, 11);

    /// <summary>Whether a change of the link's state is reported.</summary>
    public bool LinkStateChangedEnable => Bits.Bit(Value, 12);
}
