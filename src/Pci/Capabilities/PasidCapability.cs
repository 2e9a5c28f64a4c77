namespace Devices.Pci;

/// <summary>
/// Process Address Space ID (<c>PCI_EXT_CAP_ID_PASID</c>): DMA into address spaces other than the device's own. Enabled by the IOMMU driver;
/// in VFs the PF's capability counts and they have none.
/// </summary>
public sealed class PasidCapability : PciCapability
{
    /// <summary>Offset of PASID Capability, 16 bits.</summary>
    public const int CapabilityRegister = PciRegs.PCI_PASID_CAP;

    /// <summary>Offset of PASID Control, 16 bits.</summary>
    public const int ControlRegister = PciRegs.PCI_PASID_CTRL;

    internal PasidCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether requests can ask for execute permission.</summary>
    public bool ExecuteSupported => Bits.Bit(UInt16At(CapabilityRegister), 1);

    /// <summary>Whether requests can be of privileged mode.</summary>
    public bool PrivilegedModeSupported => Bits.Bit(UInt16At(CapabilityRegister), 2);

    /// <summary>How many bits a PASID has at most: 0 to 20.</summary>
    public int MaxPasidWidth => Bits.Field(UInt16At(CapabilityRegister), 8, 5);

    /// <summary>Whether the device sends PASIDs.</summary>
    public bool Enabled => Bits.Bit(UInt16At(ControlRegister), 0);

    /// <summary>Whether requests may ask for execute permission.</summary>
    public bool ExecuteEnabled => Bits.Bit(UInt16At(ControlRegister), 1);

    /// <summary>Whether requests may be of privileged mode.</summary>
    public bool PrivilegedModeEnabled => Bits.Bit(UInt16At(ControlRegister), 2);
}
