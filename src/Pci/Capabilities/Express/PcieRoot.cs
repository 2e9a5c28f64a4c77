namespace Devices.Pci;

/// <summary>The root registers of a root port or event collector.</summary>
/// <param name="Control">Root Control.</param>
/// <param name="CapabilitiesValue">Root Capabilities, 16 bits.</param>
/// <param name="StatusValue">Root Status, 32 bits.</param>
public readonly record struct PcieRoot(PcieRootControl Control, ushort CapabilitiesValue, uint StatusValue)
{
    /// <summary>Whether software can be shown a configuration request's retry status.</summary>
    public bool RrsSoftwareVisibilitySupported => Bits.Bit(CapabilitiesValue, 0);

    /// <summary>Who asked for power management: a routing id.</summary>
    public ushort PmeRequesterId => (ushort)StatusValue;

    /// <summary>Whether PME was asked for.</summary>
    public bool PmeStatus => Bits.Bit(StatusValue, 16);

    /// <summary>Whether more PMEs wait.</summary>
    public bool PmePending => Bits.Bit(StatusValue, 17);
}
