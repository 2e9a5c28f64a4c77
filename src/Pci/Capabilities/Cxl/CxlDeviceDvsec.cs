namespace Devices.Pci;

/// <summary>PCIe DVSEC for CXL Device (<c>PCI_DVSEC_CXL_DEVICE</c>): what the device can do, and its memory.</summary>
public sealed class CxlDeviceDvsec : DesignatedVendorSpecificCapability
{
    /// <summary>Offset of CXL Capability, 16 bits.</summary>
    public const int CapabilityRegister = PciRegs.PCI_DVSEC_CXL_CAP;

    /// <summary>Offset of CXL Control, 16 bits.</summary>
    public const int ControlRegister = PciRegs.PCI_DVSEC_CXL_CTRL;

    /// <summary>Offset of CXL Status, 16 bits.</summary>
    public const int StatusRegister = 0x0E;

    /// <summary>Offset of CXL Control 2, 16 bits; from revision 1 on.</summary>
    public const int Control2Register = 0x10;

    /// <summary>Offset of CXL Status 2, 16 bits; from revision 1 on.</summary>
    public const int Status2Register = 0x12;

    /// <summary>Offset of CXL Capability 2, 16 bits; from revision 1 on.</summary>
    public const int Capability2Register = 0x16;

    /// <summary>Offset of CXL Capability 3, 16 bits; from revision 2 on.</summary>
    public const int Capability3Register = 0x38;

    internal const int MinLength = 0x38;

    private const int FirstRangeRegister = 0x18;
    private const int RangeLength = 0x10;
    private const CxlProtocols Protocols = (CxlProtocols)0x7;

    // CXL Reset Timeout.
    private static readonly int[] ResetMilliseconds = [10, 100, 1_000, 10_000, 100_000];

    internal CxlDeviceDvsec(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The protocols that it knows.</summary>
    public CxlProtocols Supported => (CxlProtocols)Capability & Protocols;

    /// <summary>The protocols that are enabled.</summary>
    public CxlProtocols Enabled => (CxlProtocols)Control & Protocols;

    /// <summary>Whether its memory becomes active without a driver.</summary>
    public bool MemoryHardwareInit => Bits.Bit(Capability, 3);

    /// <summary>How many ranges of memory it has: 0 to 2 (HDM_Count).</summary>
    public int MemoryRangeCount => Bits.Field(Capability, 4, 2);

    /// <summary>Whether it has a reset of CXL.cache and CXL.mem (CXL Reset).</summary>
    public bool ResetSupported => Bits.Bit(Capability, 7);

    /// <summary>How long that reset may take; null if the value is reserved.</summary>
    public TimeSpan? ResetTimeout =>
        Bits.Field(Capability, 8, 3) is var value && value < ResetMilliseconds.Length ? TimeSpan.FromMilliseconds(ResetMilliseconds[value]) : null;

    /// <summary>Whether that reset can clear its memory.</summary>
    public bool ResetMemoryClearSupported => Bits.Bit(Capability, 11);

    /// <summary>Whether it handles viral data.</summary>
    public bool ViralSupported => Bits.Bit(Capability, 14);

    /// <summary>How much the snoop filter of the host covers, as the register has it: 0 none, n 2 to the power of n+15 bytes.</summary>
    public int SnoopFilterCoverage => Bits.Field(Control, 3, 5);

    /// <summary>The granularity of that filter, as the register has it.</summary>
    public int SnoopFilterGranularity => Bits.Field(Control, 8, 3);

    /// <summary>Whether it need not tell of clean lines that it drops.</summary>
    public bool CleanEviction => Bits.Bit(Control, 11);

    /// <summary>Whether it takes part in viral handling.</summary>
    public bool ViralEnabled => Bits.Bit(Control, 14);

    /// <summary>Whether it is viral now.</summary>
    public bool ViralStatus => Bits.Bit(UInt16At(StatusRegister), 14);

    /// <summary>Whether it may not cache.</summary>
    public bool CachingDisabled => Bits.Bit(UInt16At(Control2Register), 0);

    /// <summary>Whether its cache is invalid: all was written back.</summary>
    public bool CacheInvalid => Bits.Bit(UInt16At(Status2Register), 0);

    /// <summary>Whether the reset is complete.</summary>
    public bool ResetComplete => Bits.Bit(UInt16At(Status2Register), 1);

    /// <summary>Whether the reset failed.</summary>
    public bool ResetError => Bits.Bit(UInt16At(Status2Register), 2);

    /// <summary>Whether its power management is initialised.</summary>
    public bool PowerManagementInitComplete => Bits.Bit(UInt16At(Status2Register), 15);

    /// <summary>The size of its cache in bytes; null if it does not tell or the unit is reserved.</summary>
    public int? CacheSize => (Unit: Bits.Field(UInt16At(Capability2Register), 0, 4), Size: Bits.Field(UInt16At(Capability2Register), 8, 8)) switch
    {
        (1, var size) => size << 16,
        (2, var size) => size << 20,
        _ => null,
    };

    /// <summary>Both ranges of memory; the first <see cref="MemoryRangeCount"/> of them count.</summary>
    public IReadOnlyList<CxlMemoryRange> MemoryRanges => [Range(FirstRangeRegister), Range(FirstRangeRegister + RangeLength)];

    /// <summary>Whether its memory is lost by a cold reset; null before revision 2.</summary>
    public bool? VolatileAfterColdReset => Capability3 is { } register ? Bits.Bit(register, 0) : null;

    /// <summary>Whether its memory is lost by a warm reset; null before revision 2.</summary>
    public bool? VolatileAfterWarmReset => Capability3 is { } register ? Bits.Bit(register, 1) : null;

    /// <summary>Whether its memory is lost by a hot reset; null before revision 2.</summary>
    public bool? VolatileAfterHotReset => Capability3 is { } register ? Bits.Bit(register, 2) : null;

    private ushort Capability => UInt16At(CapabilityRegister);

    private ushort Control => UInt16At(ControlRegister);

    private ushort? Capability3 => DvsecRevision >= 2 && Holds(Capability3Register, sizeof(ushort)) ? UInt16At(Capability3Register) : null;

    // The high halves come first.
    private CxlMemoryRange Range(int offset) =>
        new(((ulong)UInt32At(offset) << 32) | UInt32At(offset + 4), ((ulong)UInt32At(offset + 8) << 32) | UInt32At(offset + 12));
}
