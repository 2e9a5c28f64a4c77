namespace Devices.Pci;

/// <summary>HyperTransport (<c>PCI_CAP_ID_HT</c>), in AMD's older platforms; a function has one for each of its types.</summary>
public sealed class HyperTransportCapability : PciCapability
{
    /// <summary>Offset of the command register, 16 bits.</summary>
    public const int CommandRegister = PciRegs.PCI_CAP_FLAGS;

    // Revision 1.05 of the specification brought the frequency registers.
    private const int FirstRevisionWithFrequency = 0x22;
    private const ulong FixedMsiAddress = 0xFEE0_0000;
    private const uint MsiAddressMask = 0xFFF0_0000;

    internal HyperTransportCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>What it is.</summary>
    public HyperTransportType Type => TypeOf(Command);

    /// <summary>The command register; what it holds depends on the type.</summary>
    public ushort Command => UInt16At(CommandRegister);

    /// <summary>The revision of the specification, as major times 32 plus minor, of an interface or a revision id; null in other types.</summary>
    public byte? Revision => Type switch
    {
        HyperTransportType.Slave => ByteAt(12),
        HyperTransportType.Host => ByteAt(8),
        HyperTransportType.RevisionId => (byte)Command,
        _ => null,
    };

    /// <summary>The links of an interface: two of a slave, one of a host; empty in other types.</summary>
    public IReadOnlyList<HyperTransportLink> Links => Type switch
    {
        HyperTransportType.Slave => [Link(4, 13), Link(8, 17)],
        HyperTransportType.Host => [Link(4, 9)],
        _ => [],
    };

    /// <summary>The MSI mapping; null in other types.</summary>
    public HyperTransportMsiMapping? MsiMapping
    {
        get
        {
            if (Type != HyperTransportType.MsiMapping)
                return null;
            var isFixed = Bits.Bit(Command, 1);
            return new HyperTransportMsiMapping(
                Bits.Bit(Command, 0),
                isFixed,
                isFixed ? FixedMsiAddress : ((ulong)UInt32At(PciRegs.HT_MSI_ADDR_HI) << 32) | (UInt32At(PciRegs.HT_MSI_ADDR_LO) & MsiAddressMask));
        }
    }

    internal static HyperTransportType TypeOf(ushort command) => (HyperTransportType)((command >> 13) switch
    {
        < 2 => command >> 8 & 0xE0,
        _ => command >> 8 & 0xF8,
    });

    // Control and configuration lie together; frequency, error and what frequencies there are elsewhere, and not in old revisions.
    private HyperTransportLink Link(int offset, int frequency) => Revision >= FirstRevisionWithFrequency
        ? new HyperTransportLink(UInt16At(offset), UInt16At(offset + 2), ByteAt(frequency), UInt16At(frequency + 1))
        : new HyperTransportLink(UInt16At(offset), UInt16At(offset + 2), 0, 0);
}
