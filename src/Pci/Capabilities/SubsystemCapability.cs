namespace Devices.Pci;

/// <summary>Subsystem ids of a bridge (<c>PCI_CAP_ID_SSVID</c>), whose header has no room for them.</summary>
public sealed class SubsystemCapability : PciCapability
{
    /// <summary>Offset of the subsystem vendor id, 16 bits.</summary>
    public const int VendorIdRegister = PciRegs.PCI_SSVID_VENDOR_ID;

    /// <summary>Offset of the subsystem id, 16 bits.</summary>
    public const int SubsystemIdRegister = PciRegs.PCI_SSVID_DEVICE_ID;

    internal const int FixedLength = 8;

    internal SubsystemCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>Subsystem vendor id.</summary>
    public ushort SubsystemVendorId => UInt16At(VendorIdRegister);

    /// <summary>Subsystem id.</summary>
    public ushort SubsystemId => UInt16At(SubsystemIdRegister);
}
