namespace Devices.Pci;

/// <summary>
/// Address Translation Service (<c>PCI_EXT_CAP_ID_ATS</c>). Enabled by the IOMMU driver, never by the toolkit; while it is enabled a
/// device may hold translations that outlive the mappings.
/// </summary>
public sealed class AtsCapability : PciCapability
{
    /// <summary>Offset of ATS Capability, 16 bits.</summary>
    public const int CapabilityRegister = PciRegs.PCI_ATS_CAP;

    /// <summary>Offset of ATS Control, 16 bits.</summary>
    public const int ControlRegister = PciRegs.PCI_ATS_CTRL;

    private const int MaxQueueDepth = 32;
    private const int MinTranslationUnitShift = 12;

    internal AtsCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>How many invalidations the device takes at a time: 1 to 32 (the register's 0 means 32).</summary>
    public int InvalidateQueueDepth => Bits.Field(UInt16At(CapabilityRegister), 0, 5) is > 0 and var depth ? depth : MaxQueueDepth;

    /// <summary>Whether it asks for translations of whole pages only.</summary>
    public bool PageAlignedRequest => Bits.Bit(UInt16At(CapabilityRegister), 5);

    /// <summary>Whether ATS is enabled.</summary>
    public bool Enabled => Bits.Bit(UInt16At(ControlRegister), 15);

    /// <summary>The smallest piece that is translated, in bytes: 4096 shifted by the register's value.</summary>
    public ulong SmallestTranslationUnitBytes => 1ul << (MinTranslationUnitShift + Bits.Field(UInt16At(ControlRegister), 0, 5));
}
