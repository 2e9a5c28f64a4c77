namespace Devices.Pci;

/// <summary>
/// Data Object Exchange (<c>PCI_EXT_CAP_ID_DOE</c>): a mailbox for protocols such as SPDM and CXL's CDAT. A function may have several. The kernel
/// talks to it while the device is unbound: who shares it with the kernel breaks its messages.
/// </summary>
public sealed class DoeCapability : PciCapability
{
    /// <summary>Offset of DOE Capabilities, 32 bits.</summary>
    public const int CapabilitiesRegister = PciRegs.PCI_DOE_CAP;

    /// <summary>Offset of DOE Control, 32 bits: bit 0 aborts, bit 1 enables the interrupt, bit 31 sends.</summary>
    public const int ControlRegister = PciRegs.PCI_DOE_CTRL;

    /// <summary>Offset of DOE Status, 32 bits.</summary>
    public const int StatusRegister = PciRegs.PCI_DOE_STATUS;

    /// <summary>Offset of the write mailbox, 32 bits.</summary>
    public const int WriteMailboxRegister = PciRegs.PCI_DOE_WRITE;

    /// <summary>Offset of the read mailbox, 32 bits: a write, not a read, takes the next dword.</summary>
    public const int ReadMailboxRegister = PciRegs.PCI_DOE_READ;

    internal DoeCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether it can interrupt.</summary>
    public bool InterruptSupported => Bits.Bit(UInt32At(CapabilitiesRegister), 0);

    /// <summary>The interrupt message number, of meaning if it can interrupt.</summary>
    public int InterruptMessage => Bits.Field(UInt32At(CapabilitiesRegister), 1, 11);

    /// <summary>Whether the interrupt is enabled.</summary>
    public bool InterruptEnabled => Bits.Bit(UInt32At(ControlRegister), 1);

    /// <summary>Whether it cannot take a data object now.</summary>
    public bool Busy => Bits.Bit(UInt32At(StatusRegister), 0);

    /// <summary>Whether an interrupt was sent and not cleared.</summary>
    public bool InterruptStatus => Bits.Bit(UInt32At(StatusRegister), 1);

    /// <summary>Whether an exchange failed; an abort clears it.</summary>
    public bool Error => Bits.Bit(UInt32At(StatusRegister), 2);

    /// <summary>Whether an answer can be read.</summary>
    public bool DataObjectReady => Bits.Bit(UInt32At(StatusRegister), 31);
}
