using System.Runtime.CompilerServices;
using static Devices.Pci.PciRegs;

namespace Devices.Pci;

/// <summary>
/// What registers and capabilities are called on a command line: the names of <c>setpci --dumpregs</c>, and those of <c>linux/pci_regs.h</c> without
/// <c>PCI_</c>. Case does not count.
/// </summary>
internal static class RegisterNames
{
    /// <summary>Registers of the header with their widths, those of bridges and CardBus bridges among them.</summary>
    public static readonly IReadOnlyDictionary<string, (int Offset, int Width)> Header = new Dictionary<string, (int, int)>(StringComparer.OrdinalIgnoreCase)
    {
        ["VENDOR_ID"] = (PCI_VENDOR_ID, 2),
        ["DEVICE_ID"] = (PCI_DEVICE_ID, 2),
        ["COMMAND"] = (PCI_COMMAND, 2),
        ["STATUS"] = (PCI_STATUS, 2),
        ["REVISION"] = (PCI_REVISION_ID, 1),
        ["REVISION_ID"] = (PCI_REVISION_ID, 1),
        ["CLASS_REVISION"] = (PCI_CLASS_REVISION, 4),
        ["CLASS_PROG"] = (PCI_CLASS_PROG, 1),
        ["CLASS_DEVICE"] = (PCI_CLASS_DEVICE, 2),
        ["CACHE_LINE_SIZE"] = (PCI_CACHE_LINE_SIZE, 1),
        ["LATENCY_TIMER"] = (PCI_LATENCY_TIMER, 1),
        ["HEADER_TYPE"] = (PCI_HEADER_TYPE, 1),
        ["BIST"] = (PCI_BIST, 1),
        ["BASE_ADDRESS_0"] = (PCI_BASE_ADDRESS_0, 4),
        ["BASE_ADDRESS_1"] = (PCI_BASE_ADDRESS_1, 4),
        ["BASE_ADDRESS_2"] = (PCI_BASE_ADDRESS_2, 4),
        ["BASE_ADDRESS_3"] = (PCI_BASE_ADDRESS_3, 4),
        ["BASE_ADDRESS_4"] = (PCI_BASE_ADDRESS_4, 4),
        ["BASE_ADDRESS_5"] = (PCI_BASE_ADDRESS_5, 4),
        ["CARDBUS_CIS"] = (PCI_CARDBUS_CIS, 4),
        ["SUBSYSTEM_VENDOR_ID"] = (PCI_SUBSYSTEM_VENDOR_ID, 2),
        ["SUBSYSTEM_ID"] = (PCI_SUBSYSTEM_ID, 2),
        ["ROM_ADDRESS"] = (PCI_ROM_ADDRESS, 4),
        ["CAPABILITIES"] = (PCI_CAPABILITY_LIST, 1),
        ["CAPABILITY_LIST"] = (PCI_CAPABILITY_LIST, 1),
        ["INTERRUPT_LINE"] = (PCI_INTERRUPT_LINE, 1),
        ["INTERRUPT_PIN"] = (PCI_INTERRUPT_PIN, 1),
        ["MIN_GNT"] = (PCI_MIN_GNT, 1),
        ["MAX_LAT"] = (PCI_MAX_LAT, 1),
        ["PRIMARY_BUS"] = (PCI_PRIMARY_BUS, 1),
        ["SECONDARY_BUS"] = (PCI_SECONDARY_BUS, 1),
        ["SUBORDINATE_BUS"] = (PCI_SUBORDINATE_BUS, 1),
        ["SEC_LATENCY_TIMER"] = (PCI_SEC_LATENCY_TIMER, 1),
        ["IO_BASE"] = (PCI_IO_BASE, 1),
        ["IO_LIMIT"] = (PCI_IO_LIMIT, 1),
        ["SEC_STATUS"] = (PCI_SEC_STATUS, 2),
        ["MEMORY_BASE"] = (PCI_MEMORY_BASE, 2),
        ["MEMORY_LIMIT"] = (PCI_MEMORY_LIMIT, 2),
        ["PREF_MEMORY_BASE"] = (PCI_PREF_MEMORY_BASE, 2),
        ["PREF_MEMORY_LIMIT"] = (PCI_PREF_MEMORY_LIMIT, 2),
        ["PREF_BASE_UPPER32"] = (PCI_PREF_BASE_UPPER32, 4),
        ["PREF_LIMIT_UPPER32"] = (PCI_PREF_LIMIT_UPPER32, 4),
        ["IO_BASE_UPPER16"] = (PCI_IO_BASE_UPPER16, 2),
        ["IO_LIMIT_UPPER16"] = (PCI_IO_LIMIT_UPPER16, 2),
        ["BRIDGE_ROM_ADDRESS"] = (PCI_ROM_ADDRESS1, 4),
        ["ROM_ADDRESS1"] = (PCI_ROM_ADDRESS1, 4),
        ["BRIDGE_CONTROL"] = (PCI_BRIDGE_CONTROL, 2),
        ["CB_CARDBUS_BASE"] = (0x10, 4),
        ["CB_CAPABILITIES"] = (PCI_CB_CAPABILITY_LIST, 2),
        ["CB_SEC_STATUS"] = (0x16, 2),
        ["CB_BUS_NUMBER"] = (0x18, 1),
        ["CB_CARDBUS_NUMBER"] = (0x19, 1),
        ["CB_SUBORDINATE_BUS"] = (0x1a, 1),
        ["CB_CARDBUS_LATENCY"] = (0x1b, 1),
        ["CB_MEMORY_BASE_0"] = (0x1c, 4),
        ["CB_MEMORY_LIMIT_0"] = (0x20, 4),
        ["CB_MEMORY_BASE_1"] = (0x24, 4),
        ["CB_MEMORY_LIMIT_1"] = (0x28, 4),
        ["CB_IO_BASE_0"] = (0x2c, 2),
        ["CB_IO_BASE_0_HI"] = (0x2e, 2),
        ["CB_IO_LIMIT_0"] = (0x30, 2),
        ["CB_IO_LIMIT_0_HI"] = (0x32, 2),
        ["CB_IO_BASE_1"] = (0x34, 2),
        ["CB_IO_BASE_1_HI"] = (0x36, 2),
        ["CB_IO_LIMIT_1"] = (0x38, 2),
        ["CB_IO_LIMIT_1_HI"] = (0x3a, 2),
        ["CB_SUBSYSTEM_VENDOR_ID"] = (0x40, 2),
        ["CB_SUBSYSTEM_ID"] = (0x42, 2),
        ["CB_LEGACY_MODE_BASE"] = (0x44, 4),
    };

    /// <summary>Capabilities: <c>CAP_EXP</c>, <c>ECAP_AER</c>.</summary>
    public static readonly IReadOnlyDictionary<string, (ushort Id, bool IsExtended)> Capabilities = new Dictionary<string, (ushort, bool)>(StringComparer.OrdinalIgnoreCase)
    {
        ["CAP_PM"] = (PCI_CAP_ID_PM, false),
        ["CAP_AGP"] = (PCI_CAP_ID_AGP, false),
        ["CAP_VPD"] = (PCI_CAP_ID_VPD, false),
        ["CAP_SLOTID"] = (PCI_CAP_ID_SLOTID, false),
        ["CAP_MSI"] = (PCI_CAP_ID_MSI, false),
        ["CAP_CHSWP"] = (PCI_CAP_ID_CHSWP, false),
        ["CAP_PCIX"] = (PCI_CAP_ID_PCIX, false),
        ["CAP_HT"] = (PCI_CAP_ID_HT, false),
        ["CAP_VNDR"] = (PCI_CAP_ID_VNDR, false),
        ["CAP_DBG"] = (PCI_CAP_ID_DBG, false),
        ["CAP_CCRC"] = (PCI_CAP_ID_CCRC, false),
        ["CAP_HOTPLUG"] = (PCI_CAP_ID_SHPC, false),
        ["CAP_SSVID"] = (PCI_CAP_ID_SSVID, false),
        ["CAP_AGP3"] = (PCI_CAP_ID_AGP3, false),
        ["CAP_SECURE"] = (PCI_CAP_ID_SECDEV, false),
        ["CAP_EXP"] = (PCI_CAP_ID_EXP, false),
        ["CAP_MSIX"] = (PCI_CAP_ID_MSIX, false),
        ["CAP_SATA"] = (PCI_CAP_ID_SATA, false),
        ["CAP_AF"] = (PCI_CAP_ID_AF, false),
        ["CAP_EA"] = (PCI_CAP_ID_EA, false),
        ["ECAP_AER"] = (PCI_EXT_CAP_ID_ERR, true),
        ["ECAP_VC"] = (PCI_EXT_CAP_ID_VC, true),
        ["ECAP_DSN"] = (PCI_EXT_CAP_ID_DSN, true),
        ["ECAP_PB"] = (PCI_EXT_CAP_ID_PWR, true),
        ["ECAP_RCLINK"] = (PCI_EXT_CAP_ID_RCLD, true),
        ["ECAP_RCILINK"] = (PCI_EXT_CAP_ID_RCILC, true),
        ["ECAP_RCEC"] = (PCI_EXT_CAP_ID_RCEC, true),
        ["ECAP_MFVC"] = (PCI_EXT_CAP_ID_MFVC, true),
        ["ECAP_VC2"] = (PCI_EXT_CAP_ID_VC9, true),
        ["ECAP_RBCB"] = (PCI_EXT_CAP_ID_RCRB, true),
        ["ECAP_VNDR"] = (PCI_EXT_CAP_ID_VNDR, true),
        ["ECAP_ACS"] = (PCI_EXT_CAP_ID_ACS, true),
        ["ECAP_ARI"] = (PCI_EXT_CAP_ID_ARI, true),
        ["ECAP_ATS"] = (PCI_EXT_CAP_ID_ATS, true),
        ["ECAP_SRIOV"] = (PCI_EXT_CAP_ID_SRIOV, true),
        ["ECAP_MRIOV"] = (PCI_EXT_CAP_ID_MRIOV, true),
        ["ECAP_MCAST"] = (PCI_EXT_CAP_ID_MCAST, true),
        ["ECAP_PRI"] = (PCI_EXT_CAP_ID_PRI, true),
        ["ECAP_REBAR"] = (PCI_EXT_CAP_ID_REBAR, true),
        ["ECAP_DPA"] = (PCI_EXT_CAP_ID_DPA, true),
        ["ECAP_TPH"] = (PCI_EXT_CAP_ID_TPH, true),
        ["ECAP_LTR"] = (PCI_EXT_CAP_ID_LTR, true),
        ["ECAP_SECPCI"] = (PCI_EXT_CAP_ID_SECPCI, true),
        ["ECAP_PMUX"] = (PCI_EXT_CAP_ID_PMUX, true),
        ["ECAP_PASID"] = (PCI_EXT_CAP_ID_PASID, true),
        ["ECAP_LNR"] = (0x1c, true),
        ["ECAP_DPC"] = (PCI_EXT_CAP_ID_DPC, true),
        ["ECAP_L1PM"] = (PCI_EXT_CAP_ID_L1SS, true),
        ["ECAP_PTM"] = (PCI_EXT_CAP_ID_PTM, true),
        ["ECAP_M_PCIE"] = (0x20, true),
        ["ECAP_FRS"] = (0x21, true),
        ["ECAP_RTR"] = (0x22, true),
        ["ECAP_DVSEC"] = (PCI_EXT_CAP_ID_DVSEC, true),
        ["ECAP_VF_REBAR"] = (PCI_EXT_CAP_ID_VF_REBAR, true),
        ["ECAP_DLNK"] = (PCI_EXT_CAP_ID_DLF, true),
        ["ECAP_16GT"] = (PCI_EXT_CAP_ID_PL_16GT, true),
        ["ECAP_LMR"] = (0x27, true),
        ["ECAP_HIER_ID"] = (0x28, true),
        ["ECAP_NPEM"] = (PCI_EXT_CAP_ID_NPEM, true),
        ["ECAP_32GT"] = (PCI_EXT_CAP_ID_PL_32GT, true),
        ["ECAP_DOE"] = (PCI_EXT_CAP_ID_DOE, true),
        ["ECAP_DEV3"] = (PCI_EXT_CAP_ID_DEV3, true),
        ["ECAP_IDE"] = (PCI_EXT_CAP_ID_IDE, true),
        ["ECAP_64GT"] = (PCI_EXT_CAP_ID_PL_64GT, true),
    };

    /// <summary>Registers of capabilities: <c>EXP_DEVCTL</c>, <c>SRIOV_NUM_VF</c>. Their widths are the capability's to say.</summary>
    public static readonly IReadOnlyDictionary<string, (ushort Id, bool IsExtended, int Offset)> InCapabilities =
        new[]
        {
            Standard(PCI_CAP_ID_PM, [R(PCI_PM_PMC), R(PCI_PM_CTRL), R(PCI_PM_PPB_EXTENSIONS), R(PCI_PM_DATA_REGISTER)]),
            Standard(PCI_CAP_ID_VPD, [R(PCI_VPD_ADDR), R(PCI_VPD_DATA)]),
            Standard(
                PCI_CAP_ID_MSI,
                [
                    R(PCI_MSI_FLAGS), R(PCI_MSI_ADDRESS_LO), R(PCI_MSI_ADDRESS_HI), R(PCI_MSI_DATA_32), R(PCI_MSI_MASK_32), R(PCI_MSI_PENDING_32), R(PCI_MSI_DATA_64),
                    R(PCI_MSI_MASK_64), R(PCI_MSI_PENDING_64),
                ]),
            Standard(PCI_CAP_ID_MSIX, [R(PCI_MSIX_FLAGS), R(PCI_MSIX_TABLE), R(PCI_MSIX_PBA)]),
            Standard(PCI_CAP_ID_SSVID, [R(PCI_SSVID_VENDOR_ID), R(PCI_SSVID_DEVICE_ID)]),
            Standard(PCI_CAP_ID_AF, [R(PCI_AF_LENGTH), R(PCI_AF_CAP), R(PCI_AF_CTRL), R(PCI_AF_STATUS)]),
            Standard(PCI_CAP_ID_EA, [R(PCI_EA_NUM_ENT)]),
            Standard(
                PCI_CAP_ID_EXP,
                [
                    R(PCI_EXP_FLAGS), R(PCI_EXP_DEVCAP), R(PCI_EXP_DEVCTL), R(PCI_EXP_DEVSTA), R(PCI_EXP_LNKCAP), R(PCI_EXP_LNKCTL), R(PCI_EXP_LNKSTA),
                    R(PCI_EXP_SLTCAP), R(PCI_EXP_SLTCTL), R(PCI_EXP_SLTSTA), R(PCI_EXP_RTCTL), R(PCI_EXP_RTCAP), R(PCI_EXP_RTSTA), R(PCI_EXP_DEVCAP2),
                    R(PCI_EXP_DEVCTL2), R(PCI_EXP_DEVSTA2), R(PCI_EXP_LNKCAP2), R(PCI_EXP_LNKCTL2), R(PCI_EXP_LNKSTA2), R(PCI_EXP_SLTCAP2), R(PCI_EXP_SLTCTL2),
                    R(PCI_EXP_SLTSTA2),
                ]),
            Extended(
                PCI_EXT_CAP_ID_ERR,
                [
                    R(PCI_ERR_UNCOR_STATUS), R(PCI_ERR_UNCOR_MASK), R(PCI_ERR_UNCOR_SEVER), R(PCI_ERR_COR_STATUS), R(PCI_ERR_COR_MASK), R(PCI_ERR_CAP),
                    R(PCI_ERR_HEADER_LOG), R(PCI_ERR_ROOT_COMMAND), R(PCI_ERR_ROOT_STATUS), R(PCI_ERR_ROOT_ERR_SRC), R(PCI_ERR_PREFIX_LOG),
                ]),
            Extended(
                PCI_EXT_CAP_ID_VC,
                [
                    R(PCI_VC_PORT_CAP1), R(PCI_VC_PORT_CAP2), R(PCI_VC_PORT_CTRL), R(PCI_VC_PORT_STATUS), R(PCI_VC_RES_CAP), R(PCI_VC_RES_CTRL),
                    R(PCI_VC_RES_STATUS),
                ]),
            Extended(PCI_EXT_CAP_ID_PWR, [R(PCI_PWR_DSR), R(PCI_PWR_DATA), R(PCI_PWR_CAP)]),
            Extended(PCI_EXT_CAP_ID_VNDR, [R(PCI_VNDR_HEADER)]),
            Extended(PCI_EXT_CAP_ID_ACS, [R(PCI_ACS_CAP), R(PCI_ACS_CTRL), R(PCI_ACS_EGRESS_CTL_V)]),
            Extended(PCI_EXT_CAP_ID_ARI, [R(PCI_ARI_CAP), R(PCI_ARI_CTRL)]),
            Extended(PCI_EXT_CAP_ID_ATS, [R(PCI_ATS_CAP), R(PCI_ATS_CTRL)]),
            Extended(
                PCI_EXT_CAP_ID_SRIOV,
                [
                    R(PCI_SRIOV_CAP), R(PCI_SRIOV_CTRL), R(PCI_SRIOV_STATUS), R(PCI_SRIOV_INITIAL_VF), R(PCI_SRIOV_TOTAL_VF), R(PCI_SRIOV_NUM_VF),
                    R(PCI_SRIOV_FUNC_LINK), R(PCI_SRIOV_VF_OFFSET), R(PCI_SRIOV_VF_STRIDE), R(PCI_SRIOV_VF_DID), R(PCI_SRIOV_SUP_PGSIZE),
                    R(PCI_SRIOV_SYS_PGSIZE), R(PCI_SRIOV_BAR), R(PCI_SRIOV_VFM),
                ]),
            Extended(PCI_EXT_CAP_ID_PRI, [R(PCI_PRI_CTRL), R(PCI_PRI_STATUS), R(PCI_PRI_MAX_REQ), R(PCI_PRI_ALLOC_REQ)]),
            Extended(PCI_EXT_CAP_ID_REBAR, [R(PCI_REBAR_CAP), R(PCI_REBAR_CTRL)]),
            Extended(PCI_EXT_CAP_ID_TPH, [R(PCI_TPH_CAP), R(PCI_TPH_CTRL)]),
            Extended(PCI_EXT_CAP_ID_LTR, [R(PCI_LTR_MAX_SNOOP_LAT), R(PCI_LTR_MAX_NOSNOOP_LAT)]),
            Extended(PCI_EXT_CAP_ID_PASID, [R(PCI_PASID_CAP), R(PCI_PASID_CTRL)]),
            Extended(PCI_EXT_CAP_ID_DPC, [R(PCI_EXP_DPC_CAP), R(PCI_EXP_DPC_CTL), R(PCI_EXP_DPC_STATUS), R(PCI_EXP_DPC_SOURCE_ID)]),
            Extended(PCI_EXT_CAP_ID_L1SS, [R(PCI_L1SS_CAP), R(PCI_L1SS_CTL1), R(PCI_L1SS_CTL2)]),
            Extended(PCI_EXT_CAP_ID_PTM, [R(PCI_PTM_CAP), R(PCI_PTM_CTRL)]),
            Extended(PCI_EXT_CAP_ID_DVSEC, [R(PCI_DVSEC_HEADER1), R(PCI_DVSEC_HEADER2)]),
            Extended(PCI_EXT_CAP_ID_DLF, [R(PCI_DLF_CAP)]),
            Extended(PCI_EXT_CAP_ID_DOE, [R(PCI_DOE_CAP), R(PCI_DOE_CTRL), R(PCI_DOE_STATUS), R(PCI_DOE_WRITE), R(PCI_DOE_READ)]),
            Extended(PCI_EXT_CAP_ID_DEV3, [R(PCI_DEV3_CAP), R(PCI_DEV3_CTL), R(PCI_DEV3_STA)]),
            Extended(PCI_EXT_CAP_ID_IDE, [R(PCI_IDE_CAP), R(PCI_IDE_CTL)]),
        }
        .SelectMany(static registers => registers)
        .ToDictionary(static register => register.Name, static register => (register.Id, register.IsExtended, register.Offset), StringComparer.OrdinalIgnoreCase);

    private static (string Name, int Offset) R(int offset, [CallerArgumentExpression(nameof(offset))] string name = "") => (name["PCI_".Length..], offset);

    private static IEnumerable<(string Name, ushort Id, bool IsExtended, int Offset)> Standard(ushort id, (string Name, int Offset)[] registers) =>
        registers.Select(register => (register.Name, id, false, register.Offset));

    private static IEnumerable<(string Name, ushort Id, bool IsExtended, int Offset)> Extended(ushort id, (string Name, int Offset)[] registers) =>
        registers.Select(register => (register.Name, id, true, register.Offset));
}
