namespace Devices.Pci;

/// <summary>Message Signalled Interrupts (<c>PCI_CAP_ID_MSI</c>). Restored by VFIO's SET_IRQS only, never by writing here.</summary>
public sealed class MsiCapability : PciCapability
{
    /// <summary>Offset of Message Control, 16 bits.</summary>
    public const int MessageControlRegister = PciRegs.PCI_MSI_FLAGS;

    /// <summary>Offset of Message Address, the lower 32 bits.</summary>
    public const int AddressRegister = PciRegs.PCI_MSI_ADDRESS_LO;

    internal const int MinLength = 10;

    internal MsiCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether MSI is enabled.</summary>
    public bool Enabled => Bits.Bit(Control, 0);

    /// <summary>How many vectors the function can use: 1, 2, 4 … 32.</summary>
    public int VectorsSupported => 1 << Bits.Field(Control, 1, 3);

    /// <summary>How many vectors it was given: 1, 2, 4 … 32.</summary>
    public int VectorsEnabled => 1 << Bits.Field(Control, 4, 3);

    /// <summary>Whether the address has 64 bits, which moves the registers behind it.</summary>
    public bool Is64Bit => Bits.Bit(Control, 7);

    /// <summary>Whether each vector can be masked.</summary>
    public bool IsMaskable => Bits.Bit(Control, 8);

    /// <summary>The address that interrupts are written to.</summary>
    public ulong Address => UInt32At(AddressRegister) | (Is64Bit ? (ulong)UInt32At(PciRegs.PCI_MSI_ADDRESS_HI) << 32 : 0);

    /// <summary>The data that is written, for vector 0.</summary>
    public ushort Data => UInt16At(DataRegister);

    /// <summary>The mask, a bit a vector, or null if not maskable.</summary>
    public uint? Mask => MaskRegister is { } offset ? UInt32At(offset) : null;

    /// <summary>What is pending, a bit a vector, or null if not maskable.</summary>
    public uint? Pending => PendingRegister is { } offset ? UInt32At(offset) : null;

    /// <summary>Offset of Message Data, 16 bits.</summary>
    public int DataRegister => Is64Bit ? PciRegs.PCI_MSI_DATA_64 : PciRegs.PCI_MSI_DATA_32;

    /// <summary>Offset of Mask Bits, 32 bits, or null if not maskable.</summary>
    public int? MaskRegister => IsMaskable ? Is64Bit ? PciRegs.PCI_MSI_MASK_64 : PciRegs.PCI_MSI_MASK_32 : null;

    /// <summary>Offset of Pending Bits, 32 bits, or null if not maskable.</summary>
    public int? PendingRegister => IsMaskable ? Is64Bit ? PciRegs.PCI_MSI_PENDING_64 : PciRegs.PCI_MSI_PENDING_32 : null;

    /// <inheritdoc/>
    public override IReadOnlyList<PciRegister> Registers
    {
        get
        {
            var registers = new List<PciRegister>
            {
                new("Message Control", MessageControlRegister, 2),
                new("Message Address", AddressRegister, 4),
            };
            if (Is64Bit)
                registers.Add(new("Message Upper Address", PciRegs.PCI_MSI_ADDRESS_HI, 4));
            registers.Add(new("Message Data", DataRegister, 2));
            if (IsMaskable)
            {
                registers.Add(new("Mask Bits", MaskRegister!.Value, 4));
                registers.Add(new("Pending Bits", PendingRegister!.Value, 4));
            }

            return registers;
        }
    }

    private ushort Control => UInt16At(MessageControlRegister);
}
