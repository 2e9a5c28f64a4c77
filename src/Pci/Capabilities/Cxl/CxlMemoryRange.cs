namespace Devices.Pci;

/// <summary>A range of a CXL device's memory (<c>PCI_DVSEC_CXL_RANGE_*</c>).</summary>
/// <param name="SizeRegister">Range Size, 64 bits: the size and flags.</param>
/// <param name="BaseRegister">Range Base, 64 bits.</param>
public readonly record struct CxlMemoryRange(ulong SizeRegister, ulong BaseRegister)
{
    private const ulong AddressMask = ~0x0FFF_FFFFul;

    // Desired_Interleave, in bytes.
    private static readonly int[] Interleaves = [0, 256, 4096, 512, 1024, 2048, 8192, 16384];

    /// <summary>Whether the registers are valid.</summary>
    public bool InfoValid => Bits.Bit((uint)SizeRegister, 0);

    /// <summary>Whether the memory can be used.</summary>
    public bool Active => Bits.Bit((uint)SizeRegister, 1);

    /// <summary>What it is, as the register has it: 0 volatile, 1 non-volatile, 2 as CDAT says.</summary>
    public int MediaType => Bits.Field((uint)SizeRegister, 2, 3);

    /// <summary>Its class, as the register has it: 0 memory, 1 storage, 2 as CDAT says.</summary>
    public int MemoryClass => Bits.Field((uint)SizeRegister, 5, 3);

    /// <summary>The interleaving that it wants, in bytes: 0 none, 256 to 16384; null if the value is reserved.</summary>
    public int? DesiredInterleave => Bits.Field((uint)SizeRegister, 8, 5) is var value && value < Interleaves.Length ? Interleaves[value] : null;

    /// <summary>How long it may take to become active after a reset, in seconds: 1, 4, 16, 64 or 256, more if the value is reserved.</summary>
    public int ActiveTimeoutSeconds => 1 << (2 * Bits.Field((uint)SizeRegister, 13, 3));

    /// <summary>The size in bytes, a multiple of 256 MiB.</summary>
    public ulong Size => SizeRegister & AddressMask;

    /// <summary>Where the host sees it.</summary>
    public ulong Base => BaseRegister & AddressMask;
}
