namespace Devices.Pci;

/// <summary>The Command register (<c>PCI_COMMAND</c>, 16 bits).</summary>
[Flags]
public enum PciCommand : ushort
{
    /// <summary>Nothing is enabled.</summary>
    None = 0,

    /// <summary>Answer in I/O space (<c>PCI_COMMAND_IO</c>).</summary>
    IoSpace = 0x1,

    /// <summary>Answer in memory space (<c>PCI_COMMAND_MEMORY</c>).</summary>
    MemorySpace = 0x2,

    /// <summary>May do DMA and send MSIs (<c>PCI_COMMAND_MASTER</c>).</summary>
    BusMaster = 0x4,

    /// <summary>Answer special cycles; conventional PCI (<c>PCI_COMMAND_SPECIAL</c>).</summary>
    SpecialCycles = 0x8,

    /// <summary>May use Memory Write and Invalidate; conventional PCI (<c>PCI_COMMAND_INVALIDATE</c>).</summary>
    MemoryWriteAndInvalidate = 0x10,

    /// <summary>Snoop VGA palette writes (<c>PCI_COMMAND_VGA_PALETTE</c>).</summary>
    VgaPaletteSnoop = 0x20,

    /// <summary>Report parity errors (<c>PCI_COMMAND_PARITY</c>).</summary>
    ParityErrorResponse = 0x40,

    /// <summary>Address and data stepping; conventional PCI (<c>PCI_COMMAND_WAIT</c>).</summary>
    Stepping = 0x80,

    /// <summary>Report system errors (<c>PCI_COMMAND_SERR</c>).</summary>
    SerrEnable = 0x100,

    /// <summary>Fast back-to-back writes; conventional PCI (<c>PCI_COMMAND_FAST_BACK</c>).</summary>
    FastBackToBack = 0x200,

    /// <summary>INTx is disabled (<c>PCI_COMMAND_INTX_DISABLE</c>).</summary>
    InterruptDisable = 0x400,
}
