namespace Devices.Pci;

/// <summary>Names of the registers of capabilities whose layout does not vary.</summary>
internal static class CapabilityRegisters
{
    private static readonly PciRegister[] PowerManagement =
    [
        new("Capabilities", PciRegs.PCI_PM_PMC, 2),
        new("Control and Status", PciRegs.PCI_PM_CTRL, 2),
        new("Bridge Support Extensions", PciRegs.PCI_PM_PPB_EXTENSIONS, 1),
        new("Data", PciRegs.PCI_PM_DATA_REGISTER, 1),
    ];

    private static readonly PciRegister[] Msix =
    [
        new("Message Control", PciRegs.PCI_MSIX_FLAGS, 2),
        new("Table Offset and BIR", PciRegs.PCI_MSIX_TABLE, 4),
        new("PBA Offset and BIR", PciRegs.PCI_MSIX_PBA, 4),
    ];

    private static readonly PciRegister[] Express =
    [
        new("Capabilities", PciRegs.PCI_EXP_FLAGS, 2),
        new("Device Capabilities", PciRegs.PCI_EXP_DEVCAP, 4),
        new("Device Control", PciRegs.PCI_EXP_DEVCTL, 2),
        new("Device Status", PciRegs.PCI_EXP_DEVSTA, 2),
        new("Link Capabilities", PciRegs.PCI_EXP_LNKCAP, 4),
        new("Link Control", PciRegs.PCI_EXP_LNKCTL, 2),
        new("Link Status", PciRegs.PCI_EXP_LNKSTA, 2),
        new("Slot Capabilities", PciRegs.PCI_EXP_SLTCAP, 4),
        new("Slot Control", PciRegs.PCI_EXP_SLTCTL, 2),
        new("Slot Status", PciRegs.PCI_EXP_SLTSTA, 2),
        new("Root Control", PciRegs.PCI_EXP_RTCTL, 2),
        new("Root Capabilities", PciRegs.PCI_EXP_RTCAP, 2),
        new("Root Status", PciRegs.PCI_EXP_RTSTA, 4),
        new("Device Capabilities 2", PciRegs.PCI_EXP_DEVCAP2, 4),
        new("Device Control 2", PciRegs.PCI_EXP_DEVCTL2, 2),
        new("Device Status 2", PciRegs.PCI_EXP_DEVSTA2, 2),
        new("Link Capabilities 2", PciRegs.PCI_EXP_LNKCAP2, 4),
        new("Link Control 2", PciRegs.PCI_EXP_LNKCTL2, 2),
        new("Link Status 2", PciRegs.PCI_EXP_LNKSTA2, 2),
        new("Slot Capabilities 2", PciRegs.PCI_EXP_SLTCAP2, 4),
        new("Slot Control 2", PciRegs.PCI_EXP_SLTCTL2, 2),
        new("Slot Status 2", PciRegs.PCI_EXP_SLTSTA2, 2),
    ];

    private static readonly PciRegister[] Subsystem =
    [
        new("Subsystem Vendor ID", PciRegs.PCI_SSVID_VENDOR_ID, 2),
        new("Subsystem ID", PciRegs.PCI_SSVID_DEVICE_ID, 2),
    ];

    private static readonly PciRegister[] Aer =
    [
        new("Uncorrectable Error Status", PciRegs.PCI_ERR_UNCOR_STATUS, 4),
        new("Uncorrectable Error Mask", PciRegs.PCI_ERR_UNCOR_MASK, 4),
        new("Uncorrectable Error Severity", PciRegs.PCI_ERR_UNCOR_SEVER, 4),
        new("Correctable Error Status", PciRegs.PCI_ERR_COR_STATUS, 4),
        new("Correctable Error Mask", PciRegs.PCI_ERR_COR_MASK, 4),
        new("Capabilities and Control", PciRegs.PCI_ERR_CAP, 4),
        new("Header Log 1", PciRegs.PCI_ERR_HEADER_LOG, 4),
        new("Header Log 2", PciRegs.PCI_ERR_HEADER_LOG + 4, 4),
        new("Header Log 3", PciRegs.PCI_ERR_HEADER_LOG + 8, 4),
        new("Header Log 4", PciRegs.PCI_ERR_HEADER_LOG + 12, 4),
        new("Root Error Command", PciRegs.PCI_ERR_ROOT_COMMAND, 4),
        new("Root Error Status", PciRegs.PCI_ERR_ROOT_STATUS, 4),
        new("Error Source Identification", PciRegs.PCI_ERR_ROOT_ERR_SRC, 4),
        new("TLP Prefix Log 1", PciRegs.PCI_ERR_PREFIX_LOG, 4),
        new("TLP Prefix Log 2", PciRegs.PCI_ERR_PREFIX_LOG + 4, 4),
        new("TLP Prefix Log 3", PciRegs.PCI_ERR_PREFIX_LOG + 8, 4),
        new("TLP Prefix Log 4", PciRegs.PCI_ERR_PREFIX_LOG + 12, 4),
    ];

    private static readonly PciRegister[] SerialNumber = [new("Serial Number (lower)", 4, 4), new("Serial Number (upper)", 8, 4)];

    private static readonly PciRegister[] CapabilityAndControl = [new("Capability", 4, 2), new("Control", 6, 2)];

    private static readonly PciRegister[] Sriov =
    [
        new("Capabilities", PciRegs.PCI_SRIOV_CAP, 4),
        new("Control", PciRegs.PCI_SRIOV_CTRL, 2),
        new("Status", PciRegs.PCI_SRIOV_STATUS, 2),
        new("InitialVFs", PciRegs.PCI_SRIOV_INITIAL_VF, 2),
        new("TotalVFs", PciRegs.PCI_SRIOV_TOTAL_VF, 2),
        new("NumVFs", PciRegs.PCI_SRIOV_NUM_VF, 2),
        new("Function Dependency Link", PciRegs.PCI_SRIOV_FUNC_LINK, 1),
        new("First VF Offset", PciRegs.PCI_SRIOV_VF_OFFSET, 2),
        new("VF Stride", PciRegs.PCI_SRIOV_VF_STRIDE, 2),
        new("VF Device ID", PciRegs.PCI_SRIOV_VF_DID, 2),
        new("Supported Page Sizes", PciRegs.PCI_SRIOV_SUP_PGSIZE, 4),
        new("System Page Size", PciRegs.PCI_SRIOV_SYS_PGSIZE, 4),
        new("VF BAR 0", PciRegs.PCI_SRIOV_BAR, 4),
        new("VF BAR 1", PciRegs.PCI_SRIOV_BAR + 4, 4),
        new("VF BAR 2", PciRegs.PCI_SRIOV_BAR + 8, 4),
        new("VF BAR 3", PciRegs.PCI_SRIOV_BAR + 12, 4),
        new("VF BAR 4", PciRegs.PCI_SRIOV_BAR + 16, 4),
        new("VF BAR 5", PciRegs.PCI_SRIOV_BAR + 20, 4),
        new("VF Migration State Array Offset", PciRegs.PCI_SRIOV_VFM, 4),
    ];

    private static readonly PciRegister[] PageRequest =
    [
        new("Control", PciRegs.PCI_PRI_CTRL, 2),
        new("Status", PciRegs.PCI_PRI_STATUS, 2),
        new("Outstanding Page Request Capacity", PciRegs.PCI_PRI_MAX_REQ, 4),
        new("Outstanding Page Request Allocation", PciRegs.PCI_PRI_ALLOC_REQ, 4),
    ];

    private static readonly PciRegister[] Ltr =
    [
        new("Max Snoop Latency", PciRegs.PCI_LTR_MAX_SNOOP_LAT, 2),
        new("Max No-Snoop Latency", PciRegs.PCI_LTR_MAX_NOSNOOP_LAT, 2),
    ];

    private static readonly PciRegister[] L1Substates =
    [
        new("Capabilities", PciRegs.PCI_L1SS_CAP, 4),
        new("Control 1", PciRegs.PCI_L1SS_CTL1, 4),
        new("Control 2", PciRegs.PCI_L1SS_CTL2, 4),
    ];

    private static readonly PciRegister[] Ptm = [new("Capability", PciRegs.PCI_PTM_CAP, 4), new("Control", PciRegs.PCI_PTM_CTRL, 4)];

    private static readonly PciRegister[] Tph = [new("Capability", PciRegs.PCI_TPH_CAP, 4), new("Control", PciRegs.PCI_TPH_CTRL, 4)];

    private static readonly PciRegister[] Dpc =
    [
        new("Capability", PciRegs.PCI_EXP_DPC_CAP, 2),
        new("Control", PciRegs.PCI_EXP_DPC_CTL, 2),
        new("Status", PciRegs.PCI_EXP_DPC_STATUS, 2),
        new("Error Source ID", PciRegs.PCI_EXP_DPC_SOURCE_ID, 2),
    ];

    private static readonly PciRegister[] VitalProductData = [new("VPD Address", PciRegs.PCI_VPD_ADDR, 2), new("VPD Data", PciRegs.PCI_VPD_DATA, 4)];

    private static readonly PciRegister[] AdvancedFeatures =
    [
        new("Length", PciRegs.PCI_AF_LENGTH, 1),
        new("AF Capabilities", PciRegs.PCI_AF_CAP, 1),
        new("AF Control", PciRegs.PCI_AF_CTRL, 1),
        new("AF Status", PciRegs.PCI_AF_STATUS, 1),
    ];

    private static readonly PciRegister[] PowerBudgeting =
    [
        new("Data Select", PciRegs.PCI_PWR_DSR, 1),
        new("Data", PciRegs.PCI_PWR_DATA, 4),
        new("Power Budget Capability", PciRegs.PCI_PWR_CAP, 1),
    ];

    private static readonly PciRegister[] Multicast =
    [
        new("Multicast Capability", MulticastCapability.CapabilityRegister, 2),
        new("Multicast Control", MulticastCapability.ControlRegister, 2),
        new("MC_Base_Address (lower)", MulticastCapability.BaseAddressRegister, 4),
        new("MC_Base_Address (upper)", MulticastCapability.BaseAddressRegister + 4, 4),
        new("MC_Receive (lower)", MulticastCapability.ReceiveRegister, 4),
        new("MC_Receive (upper)", MulticastCapability.ReceiveRegister + 4, 4),
        new("MC_Block_All (lower)", MulticastCapability.BlockAllRegister, 4),
        new("MC_Block_All (upper)", MulticastCapability.BlockAllRegister + 4, 4),
        new("MC_Block_Untranslated (lower)", MulticastCapability.BlockUntranslatedRegister, 4),
        new("MC_Block_Untranslated (upper)", MulticastCapability.BlockUntranslatedRegister + 4, 4),
        new("MC_Overlay_BAR (lower)", MulticastCapability.OverlayBarRegister, 4),
        new("MC_Overlay_BAR (upper)", MulticastCapability.OverlayBarRegister + 4, 4),
    ];

    private static readonly PciRegister[] SecondaryPcie =
    [
        new("Link Control 3", SecondaryPcieCapability.LinkControl3Register, 4),
        new("Lane Error Status", SecondaryPcieCapability.LaneErrorStatusRegister, 4),
    ];

    private static readonly PciRegister[] PhysicalLayer = [new("Capabilities", 4, 4), new("Control", 8, 4), new("Status", 12, 4)];

    private static readonly PciRegister[] DataLinkFeature =
        [new("Capabilities", DataLinkFeatureCapability.CapabilitiesRegister, 4), new("Status", DataLinkFeatureCapability.StatusRegister, 4)];

    private static readonly PciRegister[] LaneMargining =
        [new("Port Capabilities", LaneMarginingCapability.PortCapabilitiesRegister, 2), new("Port Status", LaneMarginingCapability.PortStatusRegister, 2)];

    private static readonly PciRegister[] DataObjectExchange =
    [
        new("Capabilities", PciRegs.PCI_DOE_CAP, 4),
        new("Control", PciRegs.PCI_DOE_CTRL, 4),
        new("Status", PciRegs.PCI_DOE_STATUS, 4),
        new("Write Data Mailbox", PciRegs.PCI_DOE_WRITE, 4),
        new("Read Data Mailbox", PciRegs.PCI_DOE_READ, 4),
    ];

    private static readonly PciRegister[] Device3 =
        [new("Device Capabilities 3", PciRegs.PCI_DEV3_CAP, 4), new("Device Control 3", PciRegs.PCI_DEV3_CTL, 4), new("Device Status 3", PciRegs.PCI_DEV3_STA, 4)];

    private static readonly PciRegister[] Ide = [new("Capability", PciRegs.PCI_IDE_CAP, 4), new("Control", PciRegs.PCI_IDE_CTL, 4)];

    private static readonly PciRegister[] VirtualChannel =
    [
        new("Port VC Capability 1", PciRegs.PCI_VC_PORT_CAP1, 4),
        new("Port VC Capability 2", PciRegs.PCI_VC_PORT_CAP2, 4),
        new("Port VC Control", PciRegs.PCI_VC_PORT_CTRL, 2),
        new("Port VC Status", PciRegs.PCI_VC_PORT_STATUS, 2),
        new("VC 0 Resource Capability", PciRegs.PCI_VC_RES_CAP, 4),
        new("VC 0 Resource Control", PciRegs.PCI_VC_RES_CTRL, 4),
        new("VC 0 Resource Status", PciRegs.PCI_VC_RES_STATUS, 2),
    ];

    private static readonly PciRegister[] VendorSpecificHeader = [new("Vendor-Specific Header", PciRegs.PCI_VNDR_HEADER, 4)];

    private static readonly PciRegister[] DesignatedHeaders =
    [
        new("Designated Vendor-Specific Header 1", PciRegs.PCI_DVSEC_HEADER1, 4),
        new("Designated Vendor-Specific Header 2", PciRegs.PCI_DVSEC_HEADER2, 2),
    ];

    /// <summary>The registers that lie within the bytes read.</summary>
    public static IReadOnlyList<PciRegister> Of(ushort id, bool extended, int length) =>
        [.. (extended ? Extended(id) : Standard(id)).Where(register => register.Offset + register.Width <= length)];

    private static PciRegister[] Standard(ushort id) => id switch
    {
        PciRegs.PCI_CAP_ID_PM => PowerManagement,
        PciRegs.PCI_CAP_ID_MSIX => Msix,
        PciRegs.PCI_CAP_ID_EXP => Express,
        PciRegs.PCI_CAP_ID_SSVID => Subsystem,
        PciRegs.PCI_CAP_ID_VPD => VitalProductData,
        PciRegs.PCI_CAP_ID_AF => AdvancedFeatures,
        _ => [],
    };

    private static PciRegister[] Extended(ushort id) => id switch
    {
        PciRegs.PCI_EXT_CAP_ID_ERR => Aer,
        PciRegs.PCI_EXT_CAP_ID_DSN => SerialNumber,
        PciRegs.PCI_EXT_CAP_ID_ACS or PciRegs.PCI_EXT_CAP_ID_ARI or PciRegs.PCI_EXT_CAP_ID_ATS or PciRegs.PCI_EXT_CAP_ID_PASID => CapabilityAndControl,
        PciRegs.PCI_EXT_CAP_ID_SRIOV => Sriov,
        PciRegs.PCI_EXT_CAP_ID_PRI => PageRequest,
        PciRegs.PCI_EXT_CAP_ID_LTR => Ltr,
        PciRegs.PCI_EXT_CAP_ID_L1SS => L1Substates,
        PciRegs.PCI_EXT_CAP_ID_PTM => Ptm,
        PciRegs.PCI_EXT_CAP_ID_TPH => Tph,
        PciRegs.PCI_EXT_CAP_ID_DPC => Dpc,
        PciRegs.PCI_EXT_CAP_ID_VC or PciRegs.PCI_EXT_CAP_ID_VC9 => VirtualChannel,
        PciRegs.PCI_EXT_CAP_ID_PWR => PowerBudgeting,
        PciRegs.PCI_EXT_CAP_ID_MCAST => Multicast,
        PciRegs.PCI_EXT_CAP_ID_SECPCI => SecondaryPcie,
        PciRegs.PCI_EXT_CAP_ID_DLF => DataLinkFeature,
        PciRegs.PCI_EXT_CAP_ID_PL_16GT or PciRegs.PCI_EXT_CAP_ID_PL_32GT or PciRegs.PCI_EXT_CAP_ID_PL_64GT => PhysicalLayer,
        LaneMarginingCapability.CapabilityId => LaneMargining,
        PciRegs.PCI_EXT_CAP_ID_DOE => DataObjectExchange,
        PciRegs.PCI_EXT_CAP_ID_DEV3 => Device3,
        PciRegs.PCI_EXT_CAP_ID_IDE => Ide,
        PciRegs.PCI_EXT_CAP_ID_VNDR => VendorSpecificHeader,
        PciRegs.PCI_EXT_CAP_ID_DVSEC => DesignatedHeaders,
        _ => [],
    };
}
