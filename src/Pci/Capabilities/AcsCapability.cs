namespace Devices.Pci;

/// <summary>Access Control Services (<c>PCI_EXT_CAP_ID_ACS</c>): what IOMMU groups rest on. Owned by the kernel.</summary>
public sealed class AcsCapability : PciCapability
{
    /// <summary>Offset of ACS Capability, 16 bits.</summary>
    public const int CapabilityRegister = PciRegs.PCI_ACS_CAP;

    /// <summary>Offset of ACS Control, 16 bits.</summary>
    public const int ControlRegister = PciRegs.PCI_ACS_CTRL;

    /// <summary>Offset of the Egress Control Vector, if there is one.</summary>
    public const int EgressControlVectorRegister = PciRegs.PCI_ACS_EGRESS_CTL_V;

    internal const int MinLength = 8;

    private const AcsControls Mask = (AcsControls)0x7F;

    internal AcsCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>What the device offers.</summary>
    public AcsControls Supported => (AcsControls)UInt16At(CapabilityRegister) & Mask;

    /// <summary>What is enabled.</summary>
    public AcsControls Enabled => (AcsControls)UInt16At(ControlRegister) & Mask;

    /// <summary>The bits of the Egress Control Vector: 1 to 256, or 0 without Egress Control.</summary>
    public int EgressControlVectorBits =>
        !Supported.HasFlag(AcsControls.EgressControl) ? 0 : Bits.Field(UInt16At(CapabilityRegister), 8, 8) is > 0 and var bits ? bits : 256;
}
