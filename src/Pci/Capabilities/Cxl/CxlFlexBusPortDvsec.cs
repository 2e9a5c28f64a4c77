namespace Devices.Pci;

/// <summary>PCIe DVSEC for Flex Bus Port (<c>PCI_DVSEC_CXL_FLEXBUS_PORT</c>): as what the link trained.</summary>
public sealed class CxlFlexBusPortDvsec : DesignatedVendorSpecificCapability
{
    /// <summary>Offset of Flex Bus Port Capability, 16 bits.</summary>
    public const int CapabilityRegister = 0x0A;

    /// <summary>Offset of Flex Bus Port Control, 16 bits.</summary>
    public const int ControlRegister = 0x0C;

    /// <summary>Offset of Flex Bus Port Status, 16 bits.</summary>
    public const int StatusRegister = PciRegs.PCI_DVSEC_CXL_FLEXBUS_PORT_STATUS;

    /// <summary>Offset of the modified training set received in phase 1, 32 bits; from revision 1 on.</summary>
    public const int ReceivedTrainingSetRegister = 0x10;

    internal const int MinLength = 0x10;

    private const int TrainingSetBits = 24;
    private const CxlFlexBusFeatures CapabilityMask = (CxlFlexBusFeatures)0x6067;
    private const CxlFlexBusFeatures ControlMask = (CxlFlexBusFeatures)0x63FF;
    private const CxlFlexBusFeatures StatusMask = (CxlFlexBusFeatures)0x607F;

    internal CxlFlexBusPortDvsec(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>What the port can do.</summary>
    public CxlFlexBusFeatures Supported => (CxlFlexBusFeatures)UInt16At(CapabilityRegister) & CapabilityMask;

    /// <summary>What it offers in training.</summary>
    public CxlFlexBusFeatures Control => (CxlFlexBusFeatures)UInt16At(ControlRegister) & ControlMask;

    /// <summary>What training chose.</summary>
    public CxlFlexBusFeatures Active => (CxlFlexBusFeatures)UInt16At(StatusRegister) & StatusMask;

    /// <summary>What the other end sent in phase 1 of training, 24 bits; null before revision 1.</summary>
    public int? ReceivedTrainingSet => DvsecRevision >= 1 && Holds(ReceivedTrainingSetRegister, sizeof(uint))
        ? Bits.Field(UInt32At(ReceivedTrainingSetRegister), 0, TrainingSetBits)
        : null;
}
