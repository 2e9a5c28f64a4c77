namespace Devices.Pci;

/// <summary>Secondary PCI Express (<c>PCI_EXT_CAP_ID_SECPCI</c>): equalization of the link at 8 GT/s. Owned by the kernel.</summary>
public sealed class SecondaryPcieCapability : PciCapability
{
    /// <summary>Offset of Link Control 3, 32 bits.</summary>
    public const int LinkControl3Register = 0x04;

    /// <summary>Offset of Lane Error Status, 32 bits; ones clear.</summary>
    public const int LaneErrorStatusRegister = 0x08;

    /// <summary>Offset of Lane Equalization Control, 16 bits a lane.</summary>
    public const int LaneEqualizationControlRegister = PciRegs.PCI_SECPCI_LE_CTRL;

    internal SecondaryPcieCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether a downstream port is to equalize at the next training.</summary>
    public bool PerformEqualization => Bits.Bit(UInt32At(LinkControl3Register), 0);

    /// <summary>Whether a request for equalization interrupts.</summary>
    public bool EqualizationRequestInterruptEnabled => Bits.Bit(UInt32At(LinkControl3Register), 1);

    /// <summary>The lanes that had errors, a bit a lane.</summary>
    public uint LaneErrors => UInt32At(LaneErrorStatusRegister);

    /// <summary>The equalization presets of each lane of the link's largest width, as the registers have them.</summary>
    public IReadOnlyList<ushort> LaneEqualization =>
        [.. Enumerable.Range(0, (Raw.Length - LaneEqualizationControlRegister) / sizeof(ushort))
            .Select(lane => UInt16At(LaneEqualizationControlRegister + (lane * sizeof(ushort))))];
}
