namespace Devices.Pci;

/// <summary>An address range of a function, as the kernel knows it (sysfs <c>resource</c>; costs no hardware access).</summary>
/// <param name="Kind">BAR, ROM, VF BAR or bridge window.</param>
/// <param name="Index">Its number within its kind: BAR 0 to 5, VF BAR 0 to 5, window 0 to 3.</param>
/// <param name="Start">The first address; a physical address or an I/O port.</param>
/// <param name="End">The last address.</param>
/// <param name="Flags">What it is.</param>
public readonly record struct PciResource(PciResourceKind Kind, int Index, ulong Start, ulong End, PciResourceFlags Flags)
{
    /// <summary>Its size in bytes; for a BAR a power of two.</summary>
    public ulong Size => End - Start + 1;

    /// <summary>Whether it has an address that the function can be reached at.</summary>
    public bool IsAssigned => (Flags & (PciResourceFlags.Unset | PciResourceFlags.Disabled)) == PciResourceFlags.None;

    /// <summary>Whether these are I/O ports, not memory.</summary>
    public bool IsIo => Flags.HasFlag(PciResourceFlags.Io);

    /// <summary>Whether the BAR has 64 bits.</summary>
    public bool Is64Bit => Flags.HasFlag(PciResourceFlags.Memory64);

    /// <summary>Whether reads have no side effects.</summary>
    public bool IsPrefetchable => Flags.HasFlag(PciResourceFlags.Prefetchable);
}
