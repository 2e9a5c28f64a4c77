namespace Devices.Vfio;

/// <summary>Widths of PCIe AtomicOps that are completed (<c>VFIO_PCI_ATOMIC_COMP*</c>).</summary>
[Flags]
public enum AtomicOps : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>32 bits.</summary>
    Bits32 = VfioConstants.VFIO_PCI_ATOMIC_COMP32,
    /// <summary>64 bits.</summary>
    Bits64 = VfioConstants.VFIO_PCI_ATOMIC_COMP64,
    /// <summary>128 bits: compare and swap.</summary>
    Bits128 = VfioConstants.VFIO_PCI_ATOMIC_COMP128,
}
