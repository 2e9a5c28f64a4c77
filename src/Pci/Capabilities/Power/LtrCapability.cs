namespace Devices.Pci;

/// <summary>Latency Tolerance Reporting (<c>PCI_EXT_CAP_ID_LTR</c>): the longest latency that the platform may cause. Owned by the kernel.</summary>
public sealed class LtrCapability : PciCapability
{
    /// <summary>Offset of Max Snoop Latency, 16 bits.</summary>
    public const int MaxSnoopLatencyRegister = PciRegs.PCI_LTR_MAX_SNOOP_LAT;

    /// <summary>Offset of Max No-Snoop Latency, 16 bits.</summary>
    public const int MaxNoSnoopLatencyRegister = PciRegs.PCI_LTR_MAX_NOSNOOP_LAT;

    private const int LargestScale = 5;

    internal LtrCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The longest latency of requests that snoop caches, in nanoseconds; null if the register's scale is not permitted.</summary>
    public ulong? MaxSnoopLatencyNanoseconds => Nanoseconds(UInt16At(MaxSnoopLatencyRegister));

    /// <summary>The longest latency of requests that do not, in nanoseconds; null if the register's scale is not permitted.</summary>
    public ulong? MaxNoSnoopLatencyNanoseconds => Nanoseconds(UInt16At(MaxNoSnoopLatencyRegister));

    /// <summary>A latency of a value of 10 bits and a scale of 3, each step of which stands for a factor of 32.</summary>
    internal static ulong? Nanoseconds(int value, int scale) => scale <= LargestScale ? (ulong)value << (5 * scale) : null;

    private static ulong? Nanoseconds(ushort register) => Nanoseconds(Bits.Field(register, 0, 10), Bits.Field(register, 10, 3));
}
