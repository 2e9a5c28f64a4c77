namespace Devices.Pci;

/// <summary>Physical Layer 16.0 GT/s (<c>PCI_EXT_CAP_ID_PL_16GT</c>).</summary>
public sealed class PhysicalLayer16GtCapability : PciCapability
{
    /// <summary>Offset of 16.0 GT/s Status, 32 bits.</summary>
    public const int StatusRegister = 0x0C;

    /// <summary>Offset of the lanes whose data had a parity mismatch, 32 bits; those of two retimers follow.</summary>
    public const int ParityMismatchRegister = 0x10;

    /// <summary>Offset of Lane Equalization Control, 8 bits a lane.</summary>
    public const int LaneEqualizationControlRegister = PciRegs.PCI_PL_16GT_LE_CTRL;

    private const PhysicalLayerEqualization Mask = (PhysicalLayerEqualization)0x1F;

    internal PhysicalLayer16GtCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>How far equalization came.</summary>
    public PhysicalLayerEqualization Equalization => (PhysicalLayerEqualization)UInt32At(StatusRegister) & Mask;

    /// <summary>The lanes whose data had a parity mismatch, a bit a lane.</summary>
    public uint LocalParityMismatch => UInt32At(ParityMismatchRegister);

    /// <summary>The same at the first retimer.</summary>
    public uint FirstRetimerParityMismatch => UInt32At(ParityMismatchRegister + sizeof(uint));

    /// <summary>The same at the second retimer.</summary>
    public uint SecondRetimerParityMismatch => UInt32At(ParityMismatchRegister + (2 * sizeof(uint)));

    /// <summary>The equalization presets of each lane of the link's largest width: bits 3:0 of the downstream port, 7:4 of the upstream one.</summary>
    public ReadOnlyMemory<byte> LaneEqualization => Raw[LaneEqualizationControlRegister..];
}
