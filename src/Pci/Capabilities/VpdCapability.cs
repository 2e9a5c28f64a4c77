namespace Devices.Pci;

/// <summary>
/// Vital Product Data (<c>PCI_CAP_ID_VPD</c>): a window onto the device's storage of part and serial numbers. The data itself is read through
/// sysfs <c>vpd</c> or VFIO, which follow the handshake of these registers.
/// </summary>
public sealed class VpdCapability : PciCapability
{
    /// <summary>Offset of VPD Address, 16 bits; bit 15 is the flag of the handshake.</summary>
    public const int AddressRegister = PciRegs.PCI_VPD_ADDR;

    /// <summary>Offset of VPD Data, 32 bits.</summary>
    public const int DataRegister = PciRegs.PCI_VPD_DATA;

    internal VpdCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The address of the last transfer, in bytes: 0 to 0x7FFF.</summary>
    public int Address => Bits.Field(UInt16At(AddressRegister), 0, 15);

    /// <summary>The flag: set when a read has data, clear when a write is done.</summary>
    public bool Flag => Bits.Bit(UInt16At(AddressRegister), 15);

    /// <summary>The data of the last transfer.</summary>
    public uint Data => UInt32At(DataRegister);
}
