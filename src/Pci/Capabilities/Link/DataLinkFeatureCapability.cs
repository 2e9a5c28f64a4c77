namespace Devices.Pci;

/// <summary>Data Link Feature (<c>PCI_EXT_CAP_ID_DLF</c>): what both ends of the link told each other.</summary>
public sealed class DataLinkFeatureCapability : PciCapability
{
    /// <summary>Offset of Data Link Feature Capabilities, 32 bits.</summary>
    public const int CapabilitiesRegister = PciRegs.PCI_DLF_CAP;

    /// <summary>Offset of Data Link Feature Status, 32 bits.</summary>
    public const int StatusRegister = 0x08;

    internal const int FixedLength = 12;

    private const int FeatureBits = 23;

    internal DataLinkFeatureCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The features of this end: bit 0 scaled flow control.</summary>
    public int LocalFeatures => Bits.Field(UInt32At(CapabilitiesRegister), 0, FeatureBits);

    /// <summary>Whether it tells them.</summary>
    public bool ExchangeEnabled => Bits.Bit(UInt32At(CapabilitiesRegister), 31);

    /// <summary>The features of the other end, or null if it did not tell them.</summary>
    public int? RemoteFeatures => Bits.Bit(UInt32At(StatusRegister), 31) ? Bits.Field(UInt32At(StatusRegister), 0, FeatureBits) : null;
}
