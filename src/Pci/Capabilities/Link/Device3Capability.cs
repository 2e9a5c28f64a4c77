namespace Devices.Pci;

/// <summary>Device 3 (<c>PCI_EXT_CAP_ID_DEV3</c>): a third set of device registers, of PCIe 6.0. Owned by the kernel.</summary>
public sealed class Device3Capability : PciCapability
{
    /// <summary>Offset of Device Capabilities 3, 32 bits.</summary>
    public const int CapabilitiesRegister = PciRegs.PCI_DEV3_CAP;

    /// <summary>Offset of Device Control 3, 16 bits used.</summary>
    public const int ControlRegister = PciRegs.PCI_DEV3_CTL;

    /// <summary>Offset of Device Status 3, 16 bits used.</summary>
    public const int StatusRegister = PciRegs.PCI_DEV3_STA;

    internal const int FixedLength = 16;

    private const int DynamicWidth = 7;

    internal Device3Capability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether a port routes deferrable memory writes.</summary>
    public bool DmwrRoutingSupported => Bits.Bit(Capabilities, 0);

    /// <summary>Whether it completes requests with tags of 14 bits.</summary>
    public bool Tag14BitCompleterSupported => Bits.Bit(Capabilities, 1);

    /// <summary>Whether it can make requests with tags of 14 bits.</summary>
    public bool Tag14BitRequesterSupported => Bits.Bit(Capabilities, 2);

    /// <summary>Whether lanes can be switched off while the link works (L0p).</summary>
    public bool L0pSupported => Bits.Bit(Capabilities, 3);

    /// <summary>The port's latency of switching lanes on, as the register has it: 0 below 1 us, then doubling, 7 above 64 us.</summary>
    public int PortL0pExitLatency => Bits.Field(Capabilities, 4, 3);

    /// <summary>The same of a retimer.</summary>
    public int RetimerL0pExitLatency => Bits.Field(Capabilities, 7, 3);

    /// <summary>Whether it completes reads and writes of memory in unordered I/O (UIO).</summary>
    public bool UioCompleterSupported => Bits.Bit(Capabilities, 10);

    /// <summary>Whether it can send them.</summary>
    public bool UioRequesterSupported => Bits.Bit(Capabilities, 11);

    /// <summary>Whether it may send deferrable memory writes.</summary>
    public bool DmwrRequesterEnabled => Bits.Bit(Control, 0);

    /// <summary>Whether a port blocks deferrable memory writes on their way out.</summary>
    public bool DmwrEgressBlocking => Bits.Bit(Control, 1);

    /// <summary>Whether it may make requests with tags of 14 bits.</summary>
    public bool Tag14BitRequesterEnabled => Bits.Bit(Control, 2);

    /// <summary>Whether lanes may be switched off while the link works.</summary>
    public bool L0pEnabled => Bits.Bit(Control, 3);

    /// <summary>The width to have by that, in lanes: 1 to 16; 0 if the hardware chooses, null if the value is reserved.</summary>
    public int? TargetLinkWidth => Width(Bits.Field(Control, 4, 3));

    /// <summary>Whether it may send reads and writes of memory in unordered I/O.</summary>
    public bool UioRequesterEnabled => Bits.Bit(Control, 7);

    /// <summary>Whether the boundary of 256 bytes, which such requests do not cross otherwise, is off.</summary>
    public bool Uio256ByteBoundaryDisabled => Bits.Bit(Control, 8);

    /// <summary>The width after training, in lanes: 1 to 16; null if the value is reserved.</summary>
    public int? InitialLinkWidth => Width(Bits.Field(Status, 0, 3)) is > 0 and var lanes ? lanes : null;

    /// <summary>Whether it knows its segment: all links up to the root are in flit mode (<c>PCI_DEV3_STA_SEGMENT</c>).</summary>
    public bool SegmentCaptured => Bits.Bit(Status, 3);

    /// <summary>Whether the other end can switch lanes off.</summary>
    public bool RemoteL0pSupported => Bits.Bit(Status, 4);

    private uint Capabilities => UInt32At(CapabilitiesRegister);

    private ushort Control => UInt16At(ControlRegister);

    private ushort Status => UInt16At(StatusRegister);

    private static int? Width(int value) => value switch
    {
        <= 4 => 1 << value,
        DynamicWidth => 0,
        _ => null,
    };
}
