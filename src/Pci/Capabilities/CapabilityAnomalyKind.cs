namespace Devices.Pci;

/// <summary>What is wrong with a capability list.</summary>
public enum CapabilityAnomalyKind
{
    /// <summary>All ones where a register was expected: the function does not answer, or the list is broken there.</summary>
    AllOnes,

    /// <summary>A pointer leads back to a capability already seen.</summary>
    Loop,

    /// <summary>A pointer leads into the header (below 0x40, or below 0x100 in the extended list).</summary>
    PointerIntoHeader,

    /// <summary>A pointer has its reserved low bits set; they are ignored, as in the kernel.</summary>
    PointerUnaligned,

    /// <summary>A pointer leads beyond what can be read.</summary>
    PointerBeyondEnd,

    /// <summary>A pointer leads to a header of zeroes.</summary>
    EmptyHeader,

    /// <summary>A capability, or the header, reaches beyond what can be read; it is given raw.</summary>
    Truncated,
}
