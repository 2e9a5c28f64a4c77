namespace Devices.Pci;

/// <summary>Alternative Routing-ID Interpretation (<c>PCI_EXT_CAP_ID_ARI</c>): functions with numbers of 8 bits.</summary>
public sealed class AriCapability : PciCapability
{
    /// <summary>Offset of ARI Capability, 16 bits.</summary>
    public const int CapabilityRegister = PciRegs.PCI_ARI_CAP;

    /// <summary>Offset of ARI Control, 16 bits.</summary>
    public const int ControlRegister = PciRegs.PCI_ARI_CTRL;

    internal AriCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Whether it has function groups for multi-function VC arbitration.</summary>
    public bool MfvcFunctionGroupsSupported => Bits.Bit(UInt16At(CapabilityRegister), 0);

    /// <summary>Whether it has function groups for ACS.</summary>
    public bool AcsFunctionGroupsSupported => Bits.Bit(UInt16At(CapabilityRegister), 1);

    /// <summary>The number of the next function of the device, 0 in the last one.</summary>
    public byte NextFunction => (byte)Bits.Field(UInt16At(CapabilityRegister), 8, 8);

    /// <summary>Whether function groups for multi-function VC arbitration are enabled.</summary>
    public bool MfvcFunctionGroupsEnabled => Bits.Bit(UInt16At(ControlRegister), 0);

    /// <summary>Whether function groups for ACS are enabled.</summary>
    public bool AcsFunctionGroupsEnabled => Bits.Bit(UInt16At(ControlRegister), 1);

    /// <summary>The group it is in: 0 to 7.</summary>
    public int FunctionGroup => Bits.Field(UInt16At(ControlRegister), 4, 3);
}
