namespace Devices.Pci;

/// <summary>Which capabilities have a typed view.</summary>
internal static class CapabilityTypes
{
    /// <summary>The view of a capability that was read whole.</summary>
    public static PciCapability Create(CapabilityBody body)
    {
        var least = MinLength(body);
        return least is null || body.Bytes.Length < least ? new PciCapability(body) : body.IsExtended ? Extended(body) : Standard(body);
    }

    // Lengths that the function itself states may be shorter than what a view decodes: such a capability stays raw.
    private static int? MinLength(CapabilityBody body) => (body.IsExtended, body.Id) switch
    {
        (false, PciRegs.PCI_CAP_ID_PM) => PciRegs.PCI_PM_SIZEOF,
        (false, PciRegs.PCI_CAP_ID_MSI) => MsiCapability.MinLength,
        (false, PciRegs.PCI_CAP_ID_MSIX) => PciRegs.PCI_CAP_MSIX_SIZEOF,
        (false, PciRegs.PCI_CAP_ID_EXP) => PciRegs.PCI_CAP_EXP_RC_ENDPOINT_SIZEOF_V1,
        (false, PciRegs.PCI_CAP_ID_SSVID) => SubsystemCapability.FixedLength,
        (false, PciRegs.PCI_CAP_ID_VNDR) => VendorSpecificCapability.HeaderSize,
        (true, PciRegs.PCI_EXT_CAP_ID_ERR) => PciRegs.PCI_ERR_ROOT_COMMAND,
        (true, PciRegs.PCI_EXT_CAP_ID_DSN) => PciRegs.PCI_EXT_CAP_DSN_SIZEOF,
        (true, PciRegs.PCI_EXT_CAP_ID_ACS) => AcsCapability.MinLength,
        (true, PciRegs.PCI_EXT_CAP_ID_ARI) => PciRegs.PCI_EXT_CAP_ARI_SIZEOF,
        (true, PciRegs.PCI_EXT_CAP_ID_ATS) => PciRegs.PCI_EXT_CAP_ATS_SIZEOF,
        (true, PciRegs.PCI_EXT_CAP_ID_SRIOV) => PciRegs.PCI_EXT_CAP_SRIOV_SIZEOF,
        (true, PciRegs.PCI_EXT_CAP_ID_VNDR) => ExtendedVendorSpecificCapability.HeaderSize,
        (true, PciRegs.PCI_EXT_CAP_ID_DVSEC) => DesignatedVendorSpecificCapability.HeaderSize,
        _ => null,
    };

    private static PciCapability Standard(CapabilityBody body) => body.Id switch
    {
        PciRegs.PCI_CAP_ID_PM => new PowerManagementCapability(body),
        PciRegs.PCI_CAP_ID_MSI => new MsiCapability(body),
        PciRegs.PCI_CAP_ID_MSIX => new MsixCapability(body),
        PciRegs.PCI_CAP_ID_EXP => new PciExpressCapability(body),
        PciRegs.PCI_CAP_ID_SSVID => new SubsystemCapability(body),
        _ => new VendorSpecificCapability(body),
    };

    private static PciCapability Extended(CapabilityBody body) => body.Id switch
    {
        PciRegs.PCI_EXT_CAP_ID_ERR => new AerCapability(body),
        PciRegs.PCI_EXT_CAP_ID_DSN => new DeviceSerialNumberCapability(body),
        PciRegs.PCI_EXT_CAP_ID_ACS => new AcsCapability(body),
        PciRegs.PCI_EXT_CAP_ID_ARI => new AriCapability(body),
        PciRegs.PCI_EXT_CAP_ID_ATS => new AtsCapability(body),
        PciRegs.PCI_EXT_CAP_ID_SRIOV => new SriovCapability(body),
        PciRegs.PCI_EXT_CAP_ID_DVSEC => new DesignatedVendorSpecificCapability(body),
        _ => new ExtendedVendorSpecificCapability(body),
    };
}
