namespace Devices.Pci;

/// <summary>Device Capabilities (<c>PCI_EXP_DEVCAP</c>, 32 bits).</summary>
/// <param name="Value">The register.</param>
public readonly record struct PcieDeviceCapabilities(uint Value)
{
    /// <summary>The largest payload that the function can take, in bytes.</summary>
    public int MaxPayloadSupported => 128 << Bits.Field(Value, 0, 3);

    /// <summary>How many function-number bits it uses as tag bits: 0 to 3.</summary>
    public int PhantomFunctions => Bits.Field(Value, 3, 2);

    /// <summary>Whether it can use tags of 8 bits.</summary>
    public bool ExtendedTagSupported => Bits.Bit(Value, 5);

    /// <summary>The latency of leaving L0s that it accepts, as the register has it: 0 below 64 ns, then doubling, 7 for no limit.</summary>
    public int L0sAcceptableLatency => Bits.Field(Value, 6, 3);

    /// <summary>The latency of leaving L1 that it accepts, as the register has it: 0 below 1 us, then doubling, 7 for no limit.</summary>
    public int L1AcceptableLatency => Bits.Field(Value, 9, 3);

    /// <summary>Whether it reports errors by role (PCIe 1.1 and later).</summary>
    public bool RoleBasedErrorReporting => Bits.Bit(Value, 15);

    /// <summary>The power that the slot may give, in watts, as the port above told an upstream port or endpoint.</summary>
    public double CapturedSlotPowerLimit => PcieSlotPower.Watts(Bits.Field(Value, 18, 8), Bits.Field(Value, 26, 2));

    /// <summary>Whether it has a function level reset.</summary>
    public bool FunctionLevelResetSupported => Bits.Bit(Value, 28);

    /// <summary>Whether it supports TEE I/O (TDISP).</summary>
    public bool TeeIoSupported => Bits.Bit(Value, 30);
}
