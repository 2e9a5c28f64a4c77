namespace Devices.Pci;

/// <summary>Physical Layer 32.0 GT/s (<c>PCI_EXT_CAP_ID_PL_32GT</c>).</summary>
public sealed class PhysicalLayer32GtCapability : PciCapability
{
    /// <summary>Offset of 32.0 GT/s Capabilities, 32 bits.</summary>
    public const int CapabilitiesRegister = 0x04;

    /// <summary>Offset of 32.0 GT/s Control, 32 bits.</summary>
    public const int ControlRegister = 0x08;

    /// <summary>Offset of 32.0 GT/s Status, 32 bits.</summary>
    public const int StatusRegister = 0x0C;

    /// <summary>Offset of Lane Equalization Control, 8 bits a lane.</summary>
    public const int LaneEqualizationControlRegister = PciRegs.PCI_PL_32GT_LE_CTRL;

    private const PhysicalLayerEqualization Mask = (PhysicalLayerEqualization)0x1F;

    internal PhysicalLayer32GtCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether it can equalize at the highest speed alone.</summary>
    public bool EqualizationBypassSupported => Bits.Bit(Capabilities, 0);

    /// <summary>Whether it can do without equalization.</summary>
    public bool NoEqualizationNeededSupported => Bits.Bit(Capabilities, 1);

    /// <summary>The uses of modified training sets that it knows: bit 0 PCI Express, 1 messages, 2 alternate protocols such as CXL.</summary>
    public int ModifiedTrainingSetModes => Bits.Field(Capabilities, 8, 3);

    /// <summary>Whether it may not equalize at the highest speed alone.</summary>
    public bool EqualizationBypassDisabled => Bits.Bit(Control, 0);

    /// <summary>Whether it may not do without equalization.</summary>
    public bool NoEqualizationNeededDisabled => Bits.Bit(Control, 1);

    /// <summary>The use of modified training sets that is selected: 0 PCI Express, 1 messages, 2 alternate protocols.</summary>
    public int ModifiedTrainingSetMode => Bits.Field(Control, 8, 3);

    /// <summary>How far equalization came.</summary>
    public PhysicalLayerEqualization Equalization => (PhysicalLayerEqualization)Status & Mask;

    /// <summary>Whether modified training sets were received.</summary>
    public bool ModifiedTrainingSetReceived => Bits.Bit(Status, 5);

    /// <summary>What the other end wants.</summary>
    public EnhancedLinkBehavior ReceivedLinkBehavior => (EnhancedLinkBehavior)Bits.Field(Status, 6, 2);

    /// <summary>Whether its transmitter precodes.</summary>
    public bool TransmitterPrecodingOn => Bits.Bit(Status, 8);

    /// <summary>Whether it asks the other end to precode.</summary>
    public bool TransmitterPrecodeRequest => Bits.Bit(Status, 9);

    /// <summary>Whether the other end said that it needs no equalization.</summary>
    public bool NoEqualizationNeededReceived => Bits.Bit(Status, 10);

    private uint Capabilities => UInt32At(CapabilitiesRegister);

    private uint Control => UInt32At(ControlRegister);

    private uint Status => UInt32At(StatusRegister);
}
