namespace Devices.Pci;

/// <summary>Precision Time Measurement (<c>PCI_EXT_CAP_ID_PTM</c>): a clock shared over links. Owned by the kernel.</summary>
public sealed class PtmCapability : PciCapability
{
    /// <summary>Offset of PTM Capability, 32 bits.</summary>
    public const int CapabilityRegister = PciRegs.PCI_PTM_CAP;

    /// <summary>Offset of PTM Control, 32 bits.</summary>
    public const int ControlRegister = PciRegs.PCI_PTM_CTRL;

    /// <summary>The granularity that stands for all above 254 ns.</summary>
    public const int CoarseGranularity = 255;

    internal const int FixedLength = 12;

    internal PtmCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether it can ask for the time.</summary>
    public bool RequesterCapable => Bits.Bit(UInt32At(CapabilityRegister), 0);

    /// <summary>Whether it can tell the time.</summary>
    public bool ResponderCapable => Bits.Bit(UInt32At(CapabilityRegister), 1);

    /// <summary>Whether it can be where the time comes from.</summary>
    public bool RootCapable => Bits.Bit(UInt32At(CapabilityRegister), 2);

    /// <summary>The local clock's granularity in nanoseconds: 1 to 254, <see cref="CoarseGranularity"/> if coarser, 0 without a clock.</summary>
    public int LocalClockGranularityNanoseconds => Bits.Field(UInt32At(CapabilityRegister), 8, 8);

    /// <summary>Whether PTM is enabled.</summary>
    public bool Enabled => Bits.Bit(UInt32At(ControlRegister), 0);

    /// <summary>Whether the time comes from here.</summary>
    public bool RootSelected => Bits.Bit(UInt32At(ControlRegister), 1);

    /// <summary>The granularity of the time that it gets, in nanoseconds: 1 to 254, <see cref="CoarseGranularity"/> if coarser, 0 if not known.</summary>
    public int EffectiveGranularityNanoseconds => Bits.Field(UInt32At(ControlRegister), 8, 8);
}
