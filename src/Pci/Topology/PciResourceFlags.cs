namespace Devices.Pci;

/// <summary>Flags of a resource: the kernel's <c>IORESOURCE_*</c> (<c>include/linux/ioport.h</c>).</summary>
[Flags]
public enum PciResourceFlags : ulong
{
    /// <summary>No flags: the resource does not exist.</summary>
    None = 0,

    /// <summary>I/O ports (<c>IORESOURCE_IO</c>).</summary>
    Io = 0x100,

    /// <summary>Memory (<c>IORESOURCE_MEM</c>).</summary>
    Memory = 0x200,

    /// <summary>Prefetchable: reads have no side effects (<c>IORESOURCE_PREFETCH</c>).</summary>
    Prefetchable = 0x2000,

    /// <summary>Read-only, a ROM (<c>IORESOURCE_READONLY</c>).</summary>
    ReadOnly = 0x4000,

    /// <summary>Its size is its alignment (<c>IORESOURCE_SIZEALIGN</c>).</summary>
    SizeAligned = 0x4_0000,

    /// <summary>Its start is its alignment (<c>IORESOURCE_STARTALIGN</c>).</summary>
    StartAligned = 0x8_0000,

    /// <summary>A BAR of 64 bits, which takes the next one's place too (<c>IORESOURCE_MEM_64</c>).</summary>
    Memory64 = 0x10_0000,

    /// <summary>Forwarded by a bridge (<c>IORESOURCE_WINDOW</c>).</summary>
    Window = 0x20_0000,

    /// <summary>Not decoded (<c>IORESOURCE_DISABLED</c>).</summary>
    Disabled = 0x1000_0000,

    /// <summary>The kernel found no address for it (<c>IORESOURCE_UNSET</c>).</summary>
    Unset = 0x2000_0000,

    /// <summary>A driver has claimed it (<c>IORESOURCE_BUSY</c>).</summary>
    Busy = 0x8000_0000,
}
