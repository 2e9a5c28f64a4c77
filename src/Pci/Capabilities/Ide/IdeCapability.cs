namespace Devices.Pci;

/// <summary>
/// Integrity and Data Encryption (<c>PCI_EXT_CAP_ID_IDE</c>): the link's traffic encrypted. Keys live in the device and the port and are lost with
/// a reset. Owned by the kernel.
/// </summary>
public sealed class IdeCapability : PciCapability
{
    /// <summary>Offset of IDE Capability, 32 bits.</summary>
    public const int CapabilityRegister = PciRegs.PCI_IDE_CAP;

    /// <summary>Offset of IDE Control, 32 bits.</summary>
    public const int ControlRegister = PciRegs.PCI_IDE_CTL;

    internal const int MinLength = PciRegs.PCI_IDE_LINK_STREAM_0;

    private const int AddressesOfSelective = PciRegs.PCI_IDE_SEL_RID_2 + sizeof(uint);
    private const int AddressBits = 12;
    private const int AddressShift = 20;
    private const uint LimitLow = (1u << AddressShift) - 1;

    internal IdeCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether it has streams of the whole link.</summary>
    public bool LinkStreamsSupported => Bits.Bit(Capability, 0);

    /// <summary>Whether it has selective streams.</summary>
    public bool SelectiveStreamsSupported => Bits.Bit(Capability, 1);

    /// <summary>Whether a port passes the encrypted traffic of others through.</summary>
    public bool FlowThroughSupported => Bits.Bit(Capability, 2);

    /// <summary>Whether it can encrypt parts of headers.</summary>
    public bool PartialHeaderEncryptionSupported => Bits.Bit(Capability, 3);

    /// <summary>Whether several packets can share a MAC.</summary>
    public bool AggregationSupported => Bits.Bit(Capability, 4);

    /// <summary>Whether the plain text can have a check sum.</summary>
    public bool PcrcSupported => Bits.Bit(Capability, 5);

    /// <summary>Whether keys are set by the protocol IDE_KM.</summary>
    public bool KeyManagementSupported => Bits.Bit(Capability, 6);

    /// <summary>Whether selective streams can carry configuration requests.</summary>
    public bool ConfigurationRequestsSupported => Bits.Bit(Capability, 7);

    /// <summary>The algorithms, as the register has them: 0 AES-GCM with keys of 256 bits and MACs of 96.</summary>
    public int Algorithms => Bits.Field(Capability, 8, 5);

    /// <summary>How many traffic classes link streams can have: 1 to 8.</summary>
    public int LinkTrafficClasses => Bits.Field(Capability, 13, 3) + 1;

    /// <summary>Whether streams can be of trusted traffic alone.</summary>
    public bool TeeLimitedSupported => Bits.Bit(Capability, 24);

    /// <summary>Whether streams can use the XT mode.</summary>
    public bool XtSupported => Bits.Bit(Capability, 25);

    /// <summary>Whether the encrypted traffic of others is passed through.</summary>
    public bool FlowThroughEnabled => Bits.Bit(UInt32At(ControlRegister), 2);

    /// <summary>The streams of the whole link: 0 to 8.</summary>
    public IReadOnlyList<IdeLinkStream> LinkStreams =>
        [.. Enumerable.Range(0, LinkStreamCount(Capability))
            .Select(static i => PciRegs.PCI_IDE_LINK_STREAM_0 + (i * PciRegs.PCI_IDE_LINK_BLOCK_SIZE))
            .Select(offset => new IdeLinkStream(new(UInt32At(offset + PciRegs.PCI_IDE_LINK_CTL_0)), new(UInt32At(offset + PciRegs.PCI_IDE_LINK_STS_0))))];

    /// <summary>The selective streams: 0 to 256.</summary>
    public IReadOnlyList<IdeSelectiveStream> SelectiveStreams
    {
        get
        {
            var streams = new IdeSelectiveStream[SelectiveStreamCount(Capability)];
            var offset = SelectiveStart(Capability);
            for (var i = 0; i < streams.Length; i++)
            {
                streams[i] = Selective(offset);
                offset += SelectiveLength(UInt32At(offset));
            }

            return streams;
        }
    }

    private uint Capability => UInt32At(CapabilityRegister);

    /// <summary>Bytes of the capability, or null if it reaches beyond the space.</summary>
    internal static int? LengthOf(DwordReader reader, int offset)
    {
        if (!reader.Holds(offset + CapabilityRegister, sizeof(uint)))
            return null;
        var capability = reader.ReadUInt32(offset + CapabilityRegister);
        var length = SelectiveStart(capability);
        for (var i = SelectiveStreamCount(capability); i > 0; i--)
        {
            if (!reader.Holds(offset + length, sizeof(uint)))
                return null;
            length += SelectiveLength(reader.ReadUInt32(offset + length));
        }

        return length;
    }

    private static int LinkStreamCount(uint capability) => Bits.Bit(capability, 0) ? Bits.Field(capability, 13, 3) + 1 : 0;

    private static int SelectiveStreamCount(uint capability) => Bits.Bit(capability, 1) ? Bits.Field(capability, 16, 8) + 1 : 0;

    private static int SelectiveStart(uint capability) => PciRegs.PCI_IDE_LINK_STREAM_0 + (LinkStreamCount(capability) * PciRegs.PCI_IDE_LINK_BLOCK_SIZE);

    private static int SelectiveLength(uint capability) => AddressesOfSelective + (Bits.Field(capability, 0, 4) * PciRegs.PCI_IDE_SEL_ADDR_BLOCK_SIZE);

    private IdeSelectiveStream Selective(int offset)
    {
        var (limit, first) = (UInt32At(offset + PciRegs.PCI_IDE_SEL_RID_1), UInt32At(offset + PciRegs.PCI_IDE_SEL_RID_2));
        return new IdeSelectiveStream(
            new IdeStreamControl(UInt32At(offset + PciRegs.PCI_IDE_SEL_CTL)),
            new IdeStreamStatus(UInt32At(offset + PciRegs.PCI_IDE_SEL_STS)),
            new IdeRoutingIdRange(Bits.Bit(first, 0), (ushort)Bits.Field(first, 8, 16), (ushort)Bits.Field(limit, 8, 16), (byte)Bits.Field(first, 24, 8)),
            [.. Enumerable.Range(0, Bits.Field(UInt32At(offset), 0, 4)).Select(i => Addresses(offset + AddressesOfSelective + (i * PciRegs.PCI_IDE_SEL_ADDR_BLOCK_SIZE)))]);
    }

    // The low halves in the first dword, bits 31:20 of each address; then the high half of the limit, and that of the base.
    private IdeAddressRange Addresses(int offset)
    {
        var low = UInt32At(offset);
        var limit = ((ulong)UInt32At(offset + sizeof(uint)) << 32) | ((uint)Bits.Field(low, 20, AddressBits) << AddressShift) | LimitLow;
        var start = ((ulong)UInt32At(offset + (2 * sizeof(uint))) << 32) | ((uint)Bits.Field(low, 8, AddressBits) << AddressShift);
        return new IdeAddressRange(Bits.Bit(low, 0), start, limit);
    }
}
