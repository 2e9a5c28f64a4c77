namespace Devices.Pci;

/// <summary>Link Capabilities 2 (<c>PCI_EXP_LNKCAP2</c>, 32 bits).</summary>
/// <param name="Value">The register.</param>
public readonly record struct PcieLinkCapabilities2(uint Value)
{
    /// <summary>Whether a speed is supported.</summary>
    /// <param name="speed">The speed.</param>
    /// <returns>True if it is; false for all where the register is not implemented.</returns>
    public bool Supports(PcieLinkSpeed speed) => speed != PcieLinkSpeed.Unknown && Bits.Bit(Value, (int)speed);

    /// <summary>Whether it can be crosslinked.</summary>
    public bool Crosslink => Bits.Bit(Value, 8);

    /// <summary>Whether it detects a retimer.</summary>
    public bool RetimerPresenceDetect => Bits.Bit(Value, 23);

    /// <summary>Whether it detects two retimers.</summary>
    public bool TwoRetimersPresenceDetect => Bits.Bit(Value, 24);

    /// <summary>Whether it says when a device is ready (DRS).</summary>
    public bool Drs => Bits.Bit(Value, 31);
}
