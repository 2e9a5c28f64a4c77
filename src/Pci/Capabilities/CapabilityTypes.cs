namespace Devices.Pci;

/// <summary>Which capabilities have a typed view.</summary>
internal static class CapabilityTypes
{
    /// <summary>The view of a capability, or the capability raw if it was not read whole, is too short, or has no view.</summary>
    public static PciCapability Create(CapabilityBody body)
    {
        var least = body.IsExtended ? ExtendedMinLength(body.Id) : StandardMinLength(body.Id);
        if (least is null || body.Bytes.Length < least || !(body.IsWhole || IsHyperTransportOfUnknownLength(body)))
            return new PciCapability(body);
        return body.IsExtended ? Extended(body) : Standard(body);
    }

    // The type is in the header: it can be told of those, too.
    private static bool IsHyperTransportOfUnknownLength(CapabilityBody body) =>
        body is { IsExtended: false, Id: PciRegs.PCI_CAP_ID_HT, Length: null };

    // Lengths that the function itself states may be shorter than what a view decodes: such a capability stays raw.
    private static int? StandardMinLength(ushort id) => id switch
    {
        PciRegs.PCI_CAP_ID_PM => PciRegs.PCI_PM_SIZEOF,
        PciRegs.PCI_CAP_ID_VPD => PciRegs.PCI_CAP_VPD_SIZEOF,
        PciRegs.PCI_CAP_ID_MSI => MsiCapability.MinLength,
        PciRegs.PCI_CAP_ID_HT => PciRegs.PCI_CAP_SIZEOF,
        PciRegs.PCI_CAP_ID_VNDR => VendorSpecificCapability.HeaderSize,
        PciRegs.PCI_CAP_ID_SSVID => SubsystemCapability.FixedLength,
        PciRegs.PCI_CAP_ID_EXP => PciRegs.PCI_CAP_EXP_RC_ENDPOINT_SIZEOF_V1,
        PciRegs.PCI_CAP_ID_MSIX => PciRegs.PCI_CAP_MSIX_SIZEOF,
        PciRegs.PCI_CAP_ID_AF => PciRegs.PCI_CAP_AF_SIZEOF,
        PciRegs.PCI_CAP_ID_EA => PciRegs.PCI_EA_FIRST_ENT,
        _ => null,
    };

    private static int? ExtendedMinLength(ushort id) => id switch
    {
        PciRegs.PCI_EXT_CAP_ID_ERR => PciRegs.PCI_ERR_ROOT_COMMAND,
        PciRegs.PCI_EXT_CAP_ID_VC or PciRegs.PCI_EXT_CAP_ID_VC9 => VirtualChannelCapability.MinLength,
        PciRegs.PCI_EXT_CAP_ID_DSN => PciRegs.PCI_EXT_CAP_DSN_SIZEOF,
        PciRegs.PCI_EXT_CAP_ID_PWR => PciRegs.PCI_EXT_CAP_PWR_SIZEOF,
        PciRegs.PCI_EXT_CAP_ID_VNDR => ExtendedVendorSpecificCapability.HeaderSize,
        PciRegs.PCI_EXT_CAP_ID_ACS => AcsCapability.MinLength,
        PciRegs.PCI_EXT_CAP_ID_ARI => PciRegs.PCI_EXT_CAP_ARI_SIZEOF,
        PciRegs.PCI_EXT_CAP_ID_ATS => PciRegs.PCI_EXT_CAP_ATS_SIZEOF,
        PciRegs.PCI_EXT_CAP_ID_SRIOV => PciRegs.PCI_EXT_CAP_SRIOV_SIZEOF,
        PciRegs.PCI_EXT_CAP_ID_MCAST => PciRegs.PCI_EXT_CAP_MCAST_ENDPOINT_SIZEOF,
        PciRegs.PCI_EXT_CAP_ID_PRI => PciRegs.PCI_EXT_CAP_PRI_SIZEOF,
        PciRegs.PCI_EXT_CAP_ID_REBAR or PciRegs.PCI_EXT_CAP_ID_VF_REBAR => ResizableBar.MinLength,
        PciRegs.PCI_EXT_CAP_ID_TPH => PciRegs.PCI_TPH_BASE_SIZEOF,
        PciRegs.PCI_EXT_CAP_ID_LTR => PciRegs.PCI_EXT_CAP_LTR_SIZEOF,
        PciRegs.PCI_EXT_CAP_ID_SECPCI => PciRegs.PCI_SECPCI_LE_CTRL,
        PciRegs.PCI_EXT_CAP_ID_PASID => PciRegs.PCI_EXT_CAP_PASID_SIZEOF,
        PciRegs.PCI_EXT_CAP_ID_DPC => DpcCapability.MinLength,
        PciRegs.PCI_EXT_CAP_ID_L1SS => L1SubstatesCapability.MinLength,
        PciRegs.PCI_EXT_CAP_ID_PTM => PtmCapability.FixedLength,
        PciRegs.PCI_EXT_CAP_ID_DVSEC => DesignatedVendorSpecificCapability.HeaderSize,
        PciRegs.PCI_EXT_CAP_ID_DLF => DataLinkFeatureCapability.FixedLength,
        PciRegs.PCI_EXT_CAP_ID_PL_16GT => PciRegs.PCI_PL_16GT_LE_CTRL,
        LaneMarginingCapability.CapabilityId => LaneMarginingCapability.LaneControlRegister,
        PciRegs.PCI_EXT_CAP_ID_PL_32GT => PciRegs.PCI_PL_32GT_LE_CTRL,
        PciRegs.PCI_EXT_CAP_ID_DOE => PciRegs.PCI_DOE_CAP_SIZEOF,
        PciRegs.PCI_EXT_CAP_ID_DEV3 => Device3Capability.FixedLength,
        PciRegs.PCI_EXT_CAP_ID_IDE => IdeCapability.MinLength,
        PciRegs.PCI_EXT_CAP_ID_PL_64GT => PhysicalLayer64GtCapability.MinLength,
        _ => null,
    };

    private static PciCapability Standard(CapabilityBody body) => body.Id switch
    {
        PciRegs.PCI_CAP_ID_PM => new PowerManagementCapability(body),
        PciRegs.PCI_CAP_ID_VPD => new VpdCapability(body),
        PciRegs.PCI_CAP_ID_MSI => new MsiCapability(body),
        PciRegs.PCI_CAP_ID_HT => new HyperTransportCapability(body),
        PciRegs.PCI_CAP_ID_VNDR => new VendorSpecificCapability(body),
        PciRegs.PCI_CAP_ID_SSVID => new SubsystemCapability(body),
        PciRegs.PCI_CAP_ID_EXP => new PciExpressCapability(body),
        PciRegs.PCI_CAP_ID_MSIX => new MsixCapability(body),
        PciRegs.PCI_CAP_ID_AF => new AdvancedFeaturesCapability(body),
        PciRegs.PCI_CAP_ID_EA => new EnhancedAllocationCapability(body),
        _ => new PciCapability(body),
    };

    private static PciCapability Extended(CapabilityBody body) => body.Id switch
    {
        PciRegs.PCI_EXT_CAP_ID_ERR => new AerCapability(body),
        PciRegs.PCI_EXT_CAP_ID_VC or PciRegs.PCI_EXT_CAP_ID_VC9 => new VirtualChannelCapability(body),
        PciRegs.PCI_EXT_CAP_ID_DSN => new DeviceSerialNumberCapability(body),
        PciRegs.PCI_EXT_CAP_ID_PWR => new PowerBudgetingCapability(body),
        PciRegs.PCI_EXT_CAP_ID_VNDR => new ExtendedVendorSpecificCapability(body),
        PciRegs.PCI_EXT_CAP_ID_ACS => new AcsCapability(body),
        PciRegs.PCI_EXT_CAP_ID_ARI => new AriCapability(body),
        PciRegs.PCI_EXT_CAP_ID_ATS => new AtsCapability(body),
        PciRegs.PCI_EXT_CAP_ID_SRIOV => new SriovCapability(body),
        PciRegs.PCI_EXT_CAP_ID_MCAST => new MulticastCapability(body),
        PciRegs.PCI_EXT_CAP_ID_PRI => new PageRequestCapability(body),
        PciRegs.PCI_EXT_CAP_ID_REBAR => new ResizableBarCapability(body),
        PciRegs.PCI_EXT_CAP_ID_TPH => new TphCapability(body),
        PciRegs.PCI_EXT_CAP_ID_LTR => new LtrCapability(body),
        PciRegs.PCI_EXT_CAP_ID_SECPCI => new SecondaryPcieCapability(body),
        PciRegs.PCI_EXT_CAP_ID_PASID => new PasidCapability(body),
        PciRegs.PCI_EXT_CAP_ID_DPC => new DpcCapability(body),
        PciRegs.PCI_EXT_CAP_ID_L1SS => new L1SubstatesCapability(body),
        PciRegs.PCI_EXT_CAP_ID_PTM => new PtmCapability(body),
        PciRegs.PCI_EXT_CAP_ID_DVSEC => CxlDvsecs.TryCreate(body) ?? new DesignatedVendorSpecificCapability(body),
        PciRegs.PCI_EXT_CAP_ID_VF_REBAR => new VfResizableBarCapability(body),
        PciRegs.PCI_EXT_CAP_ID_DLF => new DataLinkFeatureCapability(body),
        PciRegs.PCI_EXT_CAP_ID_PL_16GT => new PhysicalLayer16GtCapability(body),
        LaneMarginingCapability.CapabilityId => new LaneMarginingCapability(body),
        PciRegs.PCI_EXT_CAP_ID_PL_32GT => new PhysicalLayer32GtCapability(body),
        PciRegs.PCI_EXT_CAP_ID_DOE => new DoeCapability(body),
        PciRegs.PCI_EXT_CAP_ID_DEV3 => new Device3Capability(body),
        PciRegs.PCI_EXT_CAP_ID_IDE => new IdeCapability(body),
        PciRegs.PCI_EXT_CAP_ID_PL_64GT => new PhysicalLayer64GtCapability(body),
        _ => new PciCapability(body),
    };
}
