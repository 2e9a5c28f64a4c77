using System.Buffers.Binary;

namespace Devices.Pci;

/// <summary>The standard header of a function (its first 64 bytes) as it was when it was read: immutable.</summary>
public sealed class PciHeader
{
    private readonly byte[] _bytes;

    private PciHeader(byte[] bytes) => _bytes = bytes;

    /// <summary>Vendor id; 0xFFFF in a VF's raw view, or where nothing answers.</summary>
    public ushort VendorId => UInt16At(PciRegs.PCI_VENDOR_ID);

    /// <summary>Device id; 0xFFFF in a VF's raw view.</summary>
    public ushort DeviceId => UInt16At(PciRegs.PCI_DEVICE_ID);

    /// <summary>What is enabled.</summary>
    public PciCommand Command => (PciCommand)UInt16At(PciRegs.PCI_COMMAND);

    /// <summary>Status and errors.</summary>
    public PciStatus Status => (PciStatus)UInt16At(PciRegs.PCI_STATUS);

    /// <summary>Revision.</summary>
    public byte Revision => _bytes[PciRegs.PCI_REVISION_ID];

    /// <summary>What it is.</summary>
    public PciClassCode ClassCode => new(UInt32At(PciRegs.PCI_CLASS_REVISION) >> 8);

    /// <summary>Cache line size in bytes; the register counts dwords.</summary>
    public int CacheLineSize => _bytes[PciRegs.PCI_CACHE_LINE_SIZE] * 4;

    /// <summary>Latency timer in bus clocks; conventional PCI.</summary>
    public byte LatencyTimer => _bytes[PciRegs.PCI_LATENCY_TIMER];

    /// <summary>The header's layout.</summary>
    public PciHeaderType HeaderType => (PciHeaderType)(_bytes[PciRegs.PCI_HEADER_TYPE] & 0x7F);

    /// <summary>Whether the device has more functions than this one.</summary>
    public bool IsMultiFunction => Bits.Bit(_bytes[PciRegs.PCI_HEADER_TYPE], 7);

    /// <summary>The raw BARs: six for an endpoint, two for a bridge, one for CardBus; none of another type.</summary>
    public IReadOnlyList<uint> BaseAddresses =>
        [.. Enumerable.Range(0, BarCount).Select(index => UInt32At(PciRegs.PCI_BASE_ADDRESS_0 + (index * sizeof(uint))))];

    /// <summary>Subsystem vendor id of an endpoint, else null (a bridge has it in a capability).</summary>
    public ushort? SubsystemVendorId => HeaderType == PciHeaderType.Endpoint ? UInt16At(PciRegs.PCI_SUBSYSTEM_VENDOR_ID) : null;

    /// <summary>Subsystem id of an endpoint, else null (a bridge has it in a capability).</summary>
    public ushort? SubsystemId => HeaderType == PciHeaderType.Endpoint ? UInt16At(PciRegs.PCI_SUBSYSTEM_ID) : null;

    /// <summary>The buses of a bridge, else null.</summary>
    public PciBridgeBuses? Buses => HeaderType == PciHeaderType.Bridge
        ? new PciBridgeBuses(_bytes[PciRegs.PCI_PRIMARY_BUS], _bytes[PciRegs.PCI_SECONDARY_BUS], _bytes[PciRegs.PCI_SUBORDINATE_BUS])
        : null;

    /// <summary>The interrupt line that firmware assigned.</summary>
    public byte InterruptLine => _bytes[PciRegs.PCI_INTERRUPT_LINE];

    /// <summary>The INTx pin: 1 to 4 for A to D, 0 for none.</summary>
    public byte InterruptPin => _bytes[PciRegs.PCI_INTERRUPT_PIN];

    /// <summary>Its registers that have names; offsets from 0.</summary>
    public IReadOnlyList<PciRegister> Registers => HeaderRegisters.Of(HeaderType);

    private int BarCount => HeaderType switch
    {
        PciHeaderType.Endpoint => 6,
        PciHeaderType.Bridge => 2,
        PciHeaderType.CardBus => 1,
        _ => 0,
    };

    /// <summary>Reads the header: 16 dwords.</summary>
    /// <param name="space">The configuration space.</param>
    /// <returns>The header.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The space has less than 64 bytes.</exception>
    public static PciHeader Read(IPciConfigSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        var bytes = new byte[PciRegs.PCI_STD_HEADER_SIZEOF];
        space.Read(0, bytes);
        return new PciHeader(bytes);
    }

    private ushort UInt16At(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(offset));

    private uint UInt32At(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(offset));
}
