namespace Devices.Pci;

/// <summary>L1 PM Substates (<c>PCI_EXT_CAP_ID_L1SS</c>): deeper sleep of the link. Owned by the kernel.</summary>
public sealed class L1SubstatesCapability : PciCapability
{
    /// <summary>Offset of L1 PM Substates Capabilities, 32 bits.</summary>
    public const int CapabilitiesRegister = PciRegs.PCI_L1SS_CAP;

    /// <summary>Offset of L1 PM Substates Control 1, 32 bits.</summary>
    public const int Control1Register = PciRegs.PCI_L1SS_CTL1;

    /// <summary>Offset of L1 PM Substates Control 2, 32 bits.</summary>
    public const int Control2Register = PciRegs.PCI_L1SS_CTL2;

    internal const int MinLength = 16;

    private const L1Substates Mask = (L1Substates)0xF;

    internal L1SubstatesCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>What the port offers.</summary>
    public L1Substates Supported => (L1Substates)Capabilities & Mask;

    /// <summary>What is enabled.</summary>
    public L1Substates Enabled => (L1Substates)Control1 & Mask;

    /// <summary>Whether it has substates at all (L1 PM Substates Supported).</summary>
    public bool SubstatesSupported => Bits.Bit(Capabilities, 4);

    /// <summary>How long the port needs to restore the common mode after L1.2, in microseconds.</summary>
    public int PortCommonModeRestoreMicroseconds => Bits.Field(Capabilities, 8, 8);

    /// <summary>How long the port waits on leaving L1.2 before it drives the link, in microseconds; null if the scale is reserved.</summary>
    public int? PortPowerOnMicroseconds => Microseconds(Bits.Field(Capabilities, 16, 2), Bits.Field(Capabilities, 19, 5));

    /// <summary>How long the common mode is given to be restored, in microseconds: of meaning in downstream ports.</summary>
    public int CommonModeRestoreMicroseconds => Bits.Field(Control1, 8, 8);

    /// <summary>The latency tolerance above which ASPM takes L1.2 and not L1.1, in nanoseconds; null if the scale is not permitted.</summary>
    public ulong? LtrThresholdNanoseconds => LtrCapability.Nanoseconds(Bits.Field(Control1, 16, 10), Bits.Field(Control1, 29, 3));

    /// <summary>How long it waits on leaving L1.2 before it drives the link, in microseconds; null if the scale is reserved.</summary>
    public int? PowerOnMicroseconds => Microseconds(Bits.Field(Control2, 0, 2), Bits.Field(Control2, 3, 5));

    private uint Capabilities => UInt32At(CapabilitiesRegister);

    private uint Control1 => UInt32At(Control1Register);

    private uint Control2 => UInt32At(Control2Register);

    private static int? Microseconds(int scale, int value) => scale switch
    {
        0 => 2 * value,
        1 => 10 * value,
        2 => 100 * value,
        _ => null,
    };
}
