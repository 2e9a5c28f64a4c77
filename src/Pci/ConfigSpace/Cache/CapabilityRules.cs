using static Devices.Pci.RegisterPolicy;

namespace Devices.Pci;

/// <summary>
/// The policy of each capability's registers, in the order of <see cref="CapabilityRegisters"/>. Headers (id, version, next) are constant.
/// What the kernel writes whenever it likes is volatile, also in a device that is ours: link and power settings, ACS, SR-IOV and Resizable
/// BAR through sysfs, the enables of ATS, PRI and PASID by the IOMMU's driver. So is what is not listed.
/// </summary>
internal static class CapabilityRules
{
    // The name is also that of a class of .NET's.
    private const RegisterPolicy Volatile = RegisterPolicy.Volatile;

    private const int InitiateFunctionLevelReset = 15;
    private const int InitiateAfReset = 0;
    private const int LinkDisable = 4;
    private const int SlotPowerOff = 10;
    private const int DpcSoftwareTrigger = 6;

    private static readonly RegisterRule[] PowerManagement =
    [
        new(PciRegs.PCI_PM_PMC, 2, Constant),

        // Leaving D3hot resets a function without No_Soft_Reset, and the kernel then restores what it has saved.
        new(PciRegs.PCI_PM_CTRL, 2, Volatile, WriteEffect.Reset),
        new(PciRegs.PCI_PM_PPB_EXTENSIONS, 1, Constant),
        new(PciRegs.PCI_PM_DATA_REGISTER, 1, Volatile),
    ];

    private static readonly RegisterRule[] Msix =
    [
        new(PciRegs.PCI_MSIX_FLAGS, 2, UntilWritten, WriteEffect.Interrupts),

        // The table's size differs between VFs and can change at a reset, and what lies where with it.
        new(PciRegs.PCI_MSIX_TABLE, 4, UntilReset),
        new(PciRegs.PCI_MSIX_PBA, 4, UntilReset),
    ];

    private static readonly RegisterRule[] Express =
    [
        new(PciRegs.PCI_EXP_FLAGS, 2, Constant),
        new(PciRegs.PCI_EXP_DEVCAP, 2, Constant),

        // Captured Slot Power Limit, bits 27:18: told by the port above when the link comes up. A VF has none.
        new(PciRegs.PCI_EXP_DEVCAP + 2, 2, UntilReset) { InVf = Constant },

        // VFIO keeps the fields of several bits itself, Max_Payload_Size and Max_Read_Request_Size; all others are of one bit.
        new(PciRegs.PCI_EXP_DEVCTL, 2, UntilWritten, WriteEffect.Reset, InitiateFunctionLevelReset) { Outcome = WriteOutcome.ByBit },
        new(PciRegs.PCI_EXP_DEVSTA, 2, Volatile),
        new(PciRegs.PCI_EXP_LNKCAP, 4, Constant),
        new(PciRegs.PCI_EXP_LNKCTL, 2, Volatile, WriteEffect.BusReset, LinkDisable),
        new(PciRegs.PCI_EXP_LNKSTA, 2, Volatile),
        new(PciRegs.PCI_EXP_SLTCAP, 4, Constant),
        new(PciRegs.PCI_EXP_SLTCTL, 2, Volatile, WriteEffect.BusReset, SlotPowerOff),
        new(PciRegs.PCI_EXP_SLTSTA, 2, Volatile),
        new(PciRegs.PCI_EXP_RTCTL, 2, Volatile),
        new(PciRegs.PCI_EXP_RTCAP, 2, Constant),
        new(PciRegs.PCI_EXP_RTSTA, 4, Volatile),
        new(PciRegs.PCI_EXP_DEVCAP2, 4, Constant),
        new(PciRegs.PCI_EXP_DEVCTL2, 2, UntilWritten),
        new(PciRegs.PCI_EXP_DEVSTA2, 2, Volatile),
        new(PciRegs.PCI_EXP_LNKCAP2, 4, Constant),
        new(PciRegs.PCI_EXP_LNKCTL2, 2, Volatile),
        new(PciRegs.PCI_EXP_LNKSTA2, 2, Volatile),
        new(PciRegs.PCI_EXP_SLTCAP2, 4, Constant),
        new(PciRegs.PCI_EXP_SLTCTL2, 2, Volatile),
        new(PciRegs.PCI_EXP_SLTSTA2, 2, Volatile),
    ];

    private static readonly RegisterRule[] Subsystem =
        [new(PciRegs.PCI_CAP_FLAGS, 2, Constant), new(PciRegs.PCI_SSVID_VENDOR_ID, 2, Constant), new(PciRegs.PCI_SSVID_DEVICE_ID, 2, Constant)];

    private static readonly RegisterRule[] VitalProductData = [new(PciRegs.PCI_VPD_ADDR, 2, Volatile), new(PciRegs.PCI_VPD_DATA, 4, Volatile)];

    private static readonly RegisterRule[] AdvancedFeatures =
    [
        new(PciRegs.PCI_AF_LENGTH, 1, Constant),
        new(PciRegs.PCI_AF_CAP, 1, Constant),
        new(PciRegs.PCI_AF_CTRL, 1, Volatile, WriteEffect.Reset, InitiateAfReset),
        new(PciRegs.PCI_AF_STATUS, 1, Volatile),
    ];

    private static readonly RegisterRule[] EnhancedAllocation = [new(PciRegs.PCI_EA_NUM_ENT, 2, Constant)];

    // Length or type: what tells a vendor-specific or HyperTransport capability from another is constant, the rest is the vendor's or changes by itself.
    private static readonly RegisterRule[] VendorSpecific = [new(PciRegs.PCI_CAP_FLAGS, 1, Constant)];

    private static readonly RegisterRule[] Aer =
    [
        new(PciRegs.PCI_ERR_UNCOR_STATUS, 4, Volatile),
        new(PciRegs.PCI_ERR_UNCOR_MASK, 4, UntilWritten),
        new(PciRegs.PCI_ERR_UNCOR_SEVER, 4, UntilWritten),
        new(PciRegs.PCI_ERR_COR_STATUS, 4, Volatile),
        new(PciRegs.PCI_ERR_COR_MASK, 4, UntilWritten),

        // First Error Pointer, bits 4:0, is the device's.
        new(PciRegs.PCI_ERR_CAP, 4, Volatile),
        new(PciRegs.PCI_ERR_HEADER_LOG, 16, Volatile),
        new(PciRegs.PCI_ERR_ROOT_COMMAND, 4, Volatile),
        new(PciRegs.PCI_ERR_ROOT_STATUS, 4, Volatile),
        new(PciRegs.PCI_ERR_ROOT_ERR_SRC, 4, Volatile),
        new(PciRegs.PCI_ERR_PREFIX_LOG, 16, Volatile),
    ];

    private static readonly RegisterRule[] SerialNumber = [new(4, 4, Constant), new(8, 4, Constant)];

    private static readonly RegisterRule[] CapabilityAndControl = [new(4, 2, Constant), new(6, 2, Volatile)];

    private static readonly RegisterRule[] Ari =
    [
        new(PciRegs.PCI_ARI_CAP, 1, Constant),

        // Next Function Number: undefined in VFs, so each may have its own.
        new(PciRegs.PCI_ARI_CAP + 1, 1, UntilReset),
        new(PciRegs.PCI_ARI_CTRL, 2, Volatile),
    ];

    private static readonly RegisterRule[] Sriov =
    [
        new(PciRegs.PCI_SRIOV_CAP, 4, Constant),
        new(PciRegs.PCI_SRIOV_CTRL, 2, Volatile, WriteEffect.VirtualFunctions),
        new(PciRegs.PCI_SRIOV_STATUS, 2, Volatile),
        new(PciRegs.PCI_SRIOV_INITIAL_VF, 2, UntilReset),
        new(PciRegs.PCI_SRIOV_TOTAL_VF, 2, UntilReset),
        new(PciRegs.PCI_SRIOV_NUM_VF, 2, Volatile, WriteEffect.VirtualFunctions),
        new(PciRegs.PCI_SRIOV_FUNC_LINK, 1, Constant),

        // Follow NumVFs and ARI Capable Hierarchy.
        new(PciRegs.PCI_SRIOV_VF_OFFSET, 2, Volatile),
        new(PciRegs.PCI_SRIOV_VF_STRIDE, 2, Volatile),
        new(PciRegs.PCI_SRIOV_VF_STRIDE + 2, 2, Constant),
        new(PciRegs.PCI_SRIOV_VF_DID, 2, Constant),
        new(PciRegs.PCI_SRIOV_SUP_PGSIZE, 4, Constant),
        new(PciRegs.PCI_SRIOV_SYS_PGSIZE, 4, Volatile, WriteEffect.VirtualFunctions),
        new(PciRegs.PCI_SRIOV_BAR, 4 * PciRegs.PCI_SRIOV_NUM_BARS, Volatile, WriteEffect.VirtualFunctions),
        new(PciRegs.PCI_SRIOV_VFM, 4, Volatile),
    ];

    private static readonly RegisterRule[] PageRequest =
    [
        new(PciRegs.PCI_PRI_CTRL, 2, Volatile),
        new(PciRegs.PCI_PRI_STATUS, 2, Volatile),
        new(PciRegs.PCI_PRI_MAX_REQ, 4, Constant),
        new(PciRegs.PCI_PRI_ALLOC_REQ, 4, Volatile),
    ];

    private static readonly RegisterRule[] Ltr = [new(PciRegs.PCI_LTR_MAX_SNOOP_LAT, 2, Volatile), new(PciRegs.PCI_LTR_MAX_NOSNOOP_LAT, 2, Volatile)];

    private static readonly RegisterRule[] L1Substates =
        [new(PciRegs.PCI_L1SS_CAP, 4, Constant), new(PciRegs.PCI_L1SS_CTL1, 4, Volatile), new(PciRegs.PCI_L1SS_CTL2, 4, Volatile)];

    private static readonly RegisterRule[] Ptm = [new(PciRegs.PCI_PTM_CAP, 4, Constant), new(PciRegs.PCI_PTM_CTRL, 4, Volatile)];

    private static readonly RegisterRule[] Tph = [new(PciRegs.PCI_TPH_CAP, 4, Constant), new(PciRegs.PCI_TPH_CTRL, 4, Volatile)];

    private static readonly RegisterRule[] Dpc =
    [
        new(PciRegs.PCI_EXP_DPC_CAP, 2, Constant),
        new(PciRegs.PCI_EXP_DPC_CTL, 2, Volatile, WriteEffect.BusReset, DpcSoftwareTrigger),
        new(PciRegs.PCI_EXP_DPC_STATUS, 2, Volatile),
        new(PciRegs.PCI_EXP_DPC_SOURCE_ID, 2, Volatile),
        new(PciRegs.PCI_EXP_DPC_RP_PIO_STATUS, PciRegs.PCI_EXP_DPC_RP_PIO_HEADER_LOG - PciRegs.PCI_EXP_DPC_RP_PIO_STATUS, Volatile),
    ];

    private static readonly RegisterRule[] VirtualChannel =
    [
        new(PciRegs.PCI_VC_PORT_CAP1, 4, Constant),
        new(PciRegs.PCI_VC_PORT_CAP2, 4, Constant),
        new(PciRegs.PCI_VC_PORT_CTRL, 2, Volatile),
        new(PciRegs.PCI_VC_PORT_STATUS, 2, Volatile),
        new(PciRegs.PCI_VC_RES_CAP, 4, Constant),
        new(PciRegs.PCI_VC_RES_CTRL, 4, Volatile),
        new(PciRegs.PCI_VC_RES_STATUS, 2, Volatile),
    ];

    // Data Select chooses what Data shows.
    private static readonly RegisterRule[] PowerBudgeting =
        [new(PciRegs.PCI_PWR_DSR, 1, UntilWritten), new(PciRegs.PCI_PWR_DATA, 4, Volatile), new(PciRegs.PCI_PWR_CAP, 1, Constant)];

    private static readonly RegisterRule[] Multicast =
    [
        new(MulticastCapability.CapabilityRegister, 2, Constant),
        new(MulticastCapability.ControlRegister, 2, Volatile),
        new(MulticastCapability.BaseAddressRegister, 8, Volatile),
        new(MulticastCapability.ReceiveRegister, 8, Volatile),
        new(MulticastCapability.BlockAllRegister, 8, Volatile),
        new(MulticastCapability.BlockUntranslatedRegister, 8, Volatile),
        new(MulticastCapability.OverlayBarRegister, 8, Volatile),
    ];

    private static readonly RegisterRule[] SecondaryPcie =
        [new(SecondaryPcieCapability.LinkControl3Register, 4, Volatile), new(SecondaryPcieCapability.LaneErrorStatusRegister, 4, Volatile)];

    // Data Link Feature Exchange Enable, bit 31, can be written.
    private static readonly RegisterRule[] DataLinkFeature =
        [new(DataLinkFeatureCapability.CapabilitiesRegister, 4, UntilWritten), new(DataLinkFeatureCapability.StatusRegister, 4, Volatile)];

    private static readonly RegisterRule[] PhysicalLayer = [new(4, 4, Constant), new(8, 4, Volatile), new(12, 4, Volatile)];

    private static readonly RegisterRule[] LaneMargining =
        [new(LaneMarginingCapability.PortCapabilitiesRegister, 2, Constant), new(LaneMarginingCapability.PortStatusRegister, 2, Volatile)];

    private static readonly RegisterRule[] DataObjectExchange =
    [
        new(PciRegs.PCI_DOE_CAP, 4, Constant),
        new(PciRegs.PCI_DOE_CTRL, 4, Volatile),
        new(PciRegs.PCI_DOE_STATUS, 4, Volatile),
        new(PciRegs.PCI_DOE_WRITE, 4, Volatile),
        new(PciRegs.PCI_DOE_READ, 4, Volatile),
    ];

    private static readonly RegisterRule[] Device3 =
        [new(PciRegs.PCI_DEV3_CAP, 4, Constant), new(PciRegs.PCI_DEV3_CTL, 4, Volatile), new(PciRegs.PCI_DEV3_STA, 4, Volatile)];

    private static readonly RegisterRule[] Ide = [new(PciRegs.PCI_IDE_CAP, 4, Constant), new(PciRegs.PCI_IDE_CTL, 4, Volatile)];

    private static readonly RegisterRule[] ExtendedVendorSpecific = [new(PciRegs.PCI_VNDR_HEADER, 4, Constant)];

    private static readonly RegisterRule[] DesignatedVendorSpecific =
        [new(PciRegs.PCI_DVSEC_HEADER1, 4, Constant), new(PciRegs.PCI_DVSEC_HEADER2, 2, Constant)];

    /// <summary>The lines of a capability's registers at fixed offsets; empty for one that the table does not have.</summary>
    public static IReadOnlyList<RegisterRule> Fixed(ushort id, bool extended) => extended ? Extended(id) : Standard(id);

    /// <summary>All lines of a capability, those included whose offsets depend on what it says of itself. Offsets count from the capability.</summary>
    public static IEnumerable<RegisterRule> Of(PciCapability capability) => capability switch
    {
        MsiCapability msi => Msi(msi),
        ResizableBarCapability => ResizableBars(capability, WriteEffect.Bars),
        VfResizableBarCapability => ResizableBars(capability, WriteEffect.VirtualFunctions),

        // Base, length and Enable of a range can be writable.
        EnhancedAllocationCapability => [.. EnhancedAllocation, new(PciRegs.PCI_EA_FIRST_ENT, capability.Raw.Length - PciRegs.PCI_EA_FIRST_ENT, UntilWritten)],
        _ => Fixed(capability.Id, capability.IsExtended),
    };

    /// <summary>Whether writing any byte of the capability has no effects but those in the table: not so of vendors' own.</summary>
    public static bool IsClosed(PciCapability capability) =>
        capability is MsiCapability or ResizableBarCapability or VfResizableBarCapability
        || (capability is not (VendorSpecificCapability or ExtendedVendorSpecificCapability or HyperTransportCapability)
            && !(capability is { IsExtended: true, Id: PciRegs.PCI_EXT_CAP_ID_DVSEC })
            && Fixed(capability.Id, capability.IsExtended).Count > 0);

    /// <summary>Whether a dword of a capability, counted from its first, holds something constant; the header always does.</summary>
    public static bool HasConstant(ushort id, bool extended, int dword)
    {
        if (dword == 0)
            return true;
        foreach (var rule in Fixed(id, extended))
        {
            if (rule.Policy == Constant && rule.Offset / sizeof(uint) <= dword && (rule.Offset + rule.Width - 1) / sizeof(uint) >= dword)
                return true;
        }

        return false;
    }

    private static IEnumerable<RegisterRule> Msi(MsiCapability msi)
    {
        yield return new(PciRegs.PCI_MSI_FLAGS, 2, UntilWritten, WriteEffect.Interrupts);
        yield return new(PciRegs.PCI_MSI_ADDRESS_LO, 4, UntilWritten);
        if (msi.Is64Bit)
            yield return new(PciRegs.PCI_MSI_ADDRESS_HI, 4, UntilWritten);
        yield return new(msi.DataRegister, 2, UntilWritten);
        if (!msi.IsMaskable)
            yield break;
        yield return new(msi.MaskRegister!.Value, 4, UntilWritten);
        yield return new(msi.PendingRegister!.Value, 4, Volatile);
    }

    private static IEnumerable<RegisterRule> ResizableBars(PciCapability capability, WriteEffect effect)
    {
        const int EntryLength = 2 * sizeof(uint);
        for (var entry = 0; PciRegs.PCI_REBAR_CTRL + entry + sizeof(uint) <= capability.Raw.Length; entry += EntryLength)
        {
            yield return new(PciRegs.PCI_REBAR_CAP + entry, 4, UntilReset);
            yield return new(PciRegs.PCI_REBAR_CTRL + entry, 4, Volatile, effect);
        }
    }

    private static RegisterRule[] Standard(ushort id) => id switch
    {
        PciRegs.PCI_CAP_ID_PM => PowerManagement,
        PciRegs.PCI_CAP_ID_MSIX => Msix,
        PciRegs.PCI_CAP_ID_EXP => Express,
        PciRegs.PCI_CAP_ID_SSVID => Subsystem,
        PciRegs.PCI_CAP_ID_VPD => VitalProductData,
        PciRegs.PCI_CAP_ID_AF => AdvancedFeatures,
        PciRegs.PCI_CAP_ID_EA => EnhancedAllocation,
        PciRegs.PCI_CAP_ID_VNDR => VendorSpecific,
        _ => [],
    };

    private static RegisterRule[] Extended(ushort id) => id switch
    {
        PciRegs.PCI_EXT_CAP_ID_ERR => Aer,
        PciRegs.PCI_EXT_CAP_ID_DSN => SerialNumber,
        PciRegs.PCI_EXT_CAP_ID_ARI => Ari,
        PciRegs.PCI_EXT_CAP_ID_ACS or PciRegs.PCI_EXT_CAP_ID_ATS or PciRegs.PCI_EXT_CAP_ID_PASID => CapabilityAndControl,
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
        PciRegs.PCI_EXT_CAP_ID_VNDR => ExtendedVendorSpecific,
        PciRegs.PCI_EXT_CAP_ID_DVSEC => DesignatedVendorSpecific,
        _ => [],
    };
}
