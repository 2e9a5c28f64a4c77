namespace Devices.Pci;

/// <summary>Physical Layer 64.0 GT/s (<c>PCI_EXT_CAP_ID_PL_64GT</c>).</summary>
public sealed class PhysicalLayer64GtCapability : PciCapability
{
    /// <summary>Offset of 64.0 GT/s Status, 32 bits.</summary>
    public const int StatusRegister = 0x0C;

    internal const int MinLength = 0x10;

    private const PhysicalLayerEqualization Mask = (PhysicalLayerEqualization)0x1F;

    internal PhysicalLayer64GtCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>How far equalization came.</summary>
    public PhysicalLayerEqualization Equalization => (PhysicalLayerEqualization)UInt32At(StatusRegister) & Mask;

    /// <summary>Whether its transmitter precodes.</summary>
    public bool TransmitterPrecodingOn => Bits.Bit(UInt32At(StatusRegister), 5);

    /// <summary>Whether it asks the other end to precode.</summary>
    public bool TransmitterPrecodeRequest => Bits.Bit(UInt32At(StatusRegister), 6);

    /// <summary>Whether the other end said that it needs no equalization.</summary>
    public bool NoEqualizationNeededReceived => Bits.Bit(UInt32At(StatusRegister), 7);
}
