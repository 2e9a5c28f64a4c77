namespace Devices.Pci;

/// <summary>
/// PCI Advanced Features (<c>PCI_CAP_ID_AF</c>): function level reset for functions without PCI Express. VFIO passes a write of the reset bit on
/// as a reset of the function.
/// </summary>
public sealed class AdvancedFeaturesCapability : PciCapability
{
    /// <summary>Offset of AF Capabilities, 8 bits.</summary>
    public const int CapabilitiesRegister = PciRegs.PCI_AF_CAP;

    /// <summary>Offset of AF Control, 8 bits: bit 0 starts the reset and reads as 0.</summary>
    public const int ControlRegister = PciRegs.PCI_AF_CTRL;

    /// <summary>Offset of AF Status, 8 bits.</summary>
    public const int StatusRegister = PciRegs.PCI_AF_STATUS;

    internal AdvancedFeaturesCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether it says when transactions are pending.</summary>
    public bool TransactionsPendingSupported => Bits.Bit(ByteAt(CapabilitiesRegister), 0);

    /// <summary>Whether it has function level reset. The kernel wants both bits before it uses it.</summary>
    public bool FunctionLevelResetSupported => Bits.Bit(ByteAt(CapabilitiesRegister), 1);

    /// <summary>Whether requests of its own are not completed yet.</summary>
    public bool TransactionsPending => Bits.Bit(ByteAt(StatusRegister), 0);
}
