namespace Devices.Pci;

/// <summary>CXL Extensions DVSEC for Ports (<c>PCI_DVSEC_CXL_PORT</c>): whether a reset through the port reaches the device below, among others.</summary>
public sealed class CxlPortDvsec : DesignatedVendorSpecificCapability
{
    /// <summary>Offset of Port Extended Status, 16 bits.</summary>
    public const int StatusRegister = 0x0A;

    /// <summary>Offset of Port Control Extensions, 16 bits.</summary>
    public const int ControlRegister = PciRegs.PCI_DVSEC_CXL_PORT_CTL;

    /// <summary>Offset of Alternate Bus Base, 8 bits; the limit follows.</summary>
    public const int AlternateBusBaseRegister = 0x0E;

    /// <summary>Offset of Alternate Memory Base, 16 bits; the limit follows.</summary>
    public const int AlternateMemoryBaseRegister = 0x10;

    internal const int MinLength = 0x28;

    private const CxlPortControls Mask = (CxlPortControls)0x400F;

    internal CxlPortDvsec(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether the port's power management is initialised.</summary>
    public bool PowerManagementInitComplete => Bits.Bit(UInt16At(StatusRegister), 0);

    /// <summary>What is enabled.</summary>
    public CxlPortControls Control => (CxlPortControls)UInt16At(ControlRegister) & Mask;

    /// <summary>The first bus of the alternate range.</summary>
    public byte AlternateBusBase => ByteAt(AlternateBusBaseRegister);

    /// <summary>The last bus of the alternate range.</summary>
    public byte AlternateBusLimit => ByteAt(AlternateBusBaseRegister + 1);

    /// <summary>Where the alternate memory begins, as the register has it: bits 31:20 of the address in bits 15:4.</summary>
    public ushort AlternateMemoryBase => UInt16At(AlternateMemoryBaseRegister);

    /// <summary>Where the alternate memory ends, likewise.</summary>
    public ushort AlternateMemoryLimit => UInt16At(AlternateMemoryBaseRegister + sizeof(ushort));
}
