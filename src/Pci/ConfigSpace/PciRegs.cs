namespace Devices.Pci;

/// <summary>
/// Offsets, ids and sizes of configuration registers in bytes, under the kernel's names and with its values (<c>include/uapi/linux/pci_regs.h</c>).
/// Offsets of a capability's registers count from the capability. The bits within registers are the flags and properties of the typed views.
/// </summary>
public static class PciRegs
{
    /// <summary>Bytes of conventional configuration space.</summary>
    public const int PCI_CFG_SPACE_SIZE = 256;

    /// <summary>Bytes of PCIe (and PCI-X Mode 2) configuration space.</summary>
    public const int PCI_CFG_SPACE_EXP_SIZE = 4096;

    /// <summary>Bytes of the standard header.</summary>
    public const int PCI_STD_HEADER_SIZEOF = 64;

    /// <summary>Number of standard BARs.</summary>
    public const int PCI_STD_NUM_BARS = 6;

    /// <summary>16 bits.</summary>
    public const int PCI_VENDOR_ID = 0x00;

    /// <summary>16 bits.</summary>
    public const int PCI_DEVICE_ID = 0x02;

    /// <summary>16 bits.</summary>
    public const int PCI_COMMAND = 0x04;

    /// <summary>16 bits.</summary>
    public const int PCI_STATUS = 0x06;

    /// <summary>High 24 bits are class, low 8 revision.</summary>
    public const int PCI_CLASS_REVISION = 0x08;

    /// <summary>Revision ID.</summary>
    public const int PCI_REVISION_ID = 0x08;

    /// <summary>Reg. Level Programming Interface.</summary>
    public const int PCI_CLASS_PROG = 0x09;

    /// <summary>Device class.</summary>
    public const int PCI_CLASS_DEVICE = 0x0a;

    /// <summary>8 bits.</summary>
    public const int PCI_CACHE_LINE_SIZE = 0x0c;

    /// <summary>8 bits.</summary>
    public const int PCI_LATENCY_TIMER = 0x0d;

    /// <summary>8 bits.</summary>
    public const int PCI_HEADER_TYPE = 0x0e;

    /// <summary>8 bits.</summary>
    public const int PCI_BIST = 0x0f;

    /// <summary>32 bits.</summary>
    public const int PCI_BASE_ADDRESS_0 = 0x10;

    /// <summary>32 bits [htype 0,1 only].</summary>
    public const int PCI_BASE_ADDRESS_1 = 0x14;

    /// <summary>32 bits [htype 0 only].</summary>
    public const int PCI_BASE_ADDRESS_2 = 0x18;

    /// <summary>32 bits.</summary>
    public const int PCI_BASE_ADDRESS_3 = 0x1c;

    /// <summary>32 bits.</summary>
    public const int PCI_BASE_ADDRESS_4 = 0x20;

    /// <summary>32 bits.</summary>
    public const int PCI_BASE_ADDRESS_5 = 0x24;

    /// <summary>CardBus CIS pointer.</summary>
    public const int PCI_CARDBUS_CIS = 0x28;

    /// <summary>Subsystem vendor id (header type 0).</summary>
    public const int PCI_SUBSYSTEM_VENDOR_ID = 0x2c;

    /// <summary>Subsystem id (header type 0).</summary>
    public const int PCI_SUBSYSTEM_ID = 0x2e;

    /// <summary>Bits 31..11 are address, 10..1 reserved.</summary>
    public const int PCI_ROM_ADDRESS = 0x30;

    /// <summary>Offset of first capability list entry.</summary>
    public const int PCI_CAPABILITY_LIST = 0x34;

    /// <summary>8 bits.</summary>
    public const int PCI_INTERRUPT_LINE = 0x3c;

    /// <summary>8 bits.</summary>
    public const int PCI_INTERRUPT_PIN = 0x3d;

    /// <summary>8 bits.</summary>
    public const int PCI_MIN_GNT = 0x3e;

    /// <summary>8 bits.</summary>
    public const int PCI_MAX_LAT = 0x3f;

    /// <summary>Primary bus number.</summary>
    public const int PCI_PRIMARY_BUS = 0x18;

    /// <summary>Secondary bus number.</summary>
    public const int PCI_SECONDARY_BUS = 0x19;

    /// <summary>Highest bus number behind the bridge.</summary>
    public const int PCI_SUBORDINATE_BUS = 0x1a;

    /// <summary>Latency timer for secondary interface.</summary>
    public const int PCI_SEC_LATENCY_TIMER = 0x1b;

    /// <summary>I/O range behind the bridge.</summary>
    public const int PCI_IO_BASE = 0x1c;

    /// <summary>Last I/O address behind the bridge.</summary>
    public const int PCI_IO_LIMIT = 0x1d;

    /// <summary>Secondary status register, only bit 14 used.</summary>
    public const int PCI_SEC_STATUS = 0x1e;

    /// <summary>Memory range behind.</summary>
    public const int PCI_MEMORY_BASE = 0x20;

    /// <summary>Last memory address behind the bridge.</summary>
    public const int PCI_MEMORY_LIMIT = 0x22;

    /// <summary>Prefetchable memory range behind.</summary>
    public const int PCI_PREF_MEMORY_BASE = 0x24;

    /// <summary>Last prefetchable address behind the bridge.</summary>
    public const int PCI_PREF_MEMORY_LIMIT = 0x26;

    /// <summary>Upper half of prefetchable memory range.</summary>
    public const int PCI_PREF_BASE_UPPER32 = 0x28;

    /// <summary>Upper half of the last prefetchable address.</summary>
    public const int PCI_PREF_LIMIT_UPPER32 = 0x2c;

    /// <summary>Upper half of I/O addresses.</summary>
    public const int PCI_IO_BASE_UPPER16 = 0x30;

    /// <summary>Upper half of the last I/O address.</summary>
    public const int PCI_IO_LIMIT_UPPER16 = 0x32;

    /// <summary>Same as PCI_ROM_ADDRESS, but for htype 1.</summary>
    public const int PCI_ROM_ADDRESS1 = 0x38;

    /// <summary>Bridge control (header type 1).</summary>
    public const int PCI_BRIDGE_CONTROL = 0x3e;

    /// <summary>First capability list entry (header type 2).</summary>
    public const int PCI_CB_CAPABILITY_LIST = 0x14;

    /// <summary>Capability ID.</summary>
    public const int PCI_CAP_LIST_ID = 0;

    /// <summary>Power Management.</summary>
    public const int PCI_CAP_ID_PM = 0x01;

    /// <summary>Accelerated Graphics Port.</summary>
    public const int PCI_CAP_ID_AGP = 0x02;

    /// <summary>Vital Product Data.</summary>
    public const int PCI_CAP_ID_VPD = 0x03;

    /// <summary>Slot Identification.</summary>
    public const int PCI_CAP_ID_SLOTID = 0x04;

    /// <summary>Message Signalled Interrupts.</summary>
    public const int PCI_CAP_ID_MSI = 0x05;

    /// <summary>CompactPCI HotSwap.</summary>
    public const int PCI_CAP_ID_CHSWP = 0x06;

    /// <summary>PCI-X.</summary>
    public const int PCI_CAP_ID_PCIX = 0x07;

    /// <summary>HyperTransport.</summary>
    public const int PCI_CAP_ID_HT = 0x08;

    /// <summary>Vendor-Specific.</summary>
    public const int PCI_CAP_ID_VNDR = 0x09;

    /// <summary>Debug port.</summary>
    public const int PCI_CAP_ID_DBG = 0x0A;

    /// <summary>CompactPCI Central Resource Control.</summary>
    public const int PCI_CAP_ID_CCRC = 0x0B;

    /// <summary>PCI Standard Hot-Plug Controller.</summary>
    public const int PCI_CAP_ID_SHPC = 0x0C;

    /// <summary>Bridge subsystem vendor/device ID.</summary>
    public const int PCI_CAP_ID_SSVID = 0x0D;

    /// <summary>AGP Target PCI-PCI bridge.</summary>
    public const int PCI_CAP_ID_AGP3 = 0x0E;

    /// <summary>Secure Device.</summary>
    public const int PCI_CAP_ID_SECDEV = 0x0F;

    /// <summary>PCI Express.</summary>
    public const int PCI_CAP_ID_EXP = 0x10;

    /// <summary>MSI-X.</summary>
    public const int PCI_CAP_ID_MSIX = 0x11;

    /// <summary>SATA Data/Index Conf.</summary>
    public const int PCI_CAP_ID_SATA = 0x12;

    /// <summary>PCI Advanced Features.</summary>
    public const int PCI_CAP_ID_AF = 0x13;

    /// <summary>PCI Enhanced Allocation.</summary>
    public const int PCI_CAP_ID_EA = 0x14;

    /// <summary>Next capability in the list.</summary>
    public const int PCI_CAP_LIST_NEXT = 1;

    /// <summary>Capability defined flags (16 bits).</summary>
    public const int PCI_CAP_FLAGS = 2;

    /// <summary>Bytes of a capability without registers.</summary>
    public const int PCI_CAP_SIZEOF = 4;

    /// <summary>PM Capabilities Register.</summary>
    public const int PCI_PM_PMC = 2;

    /// <summary>PM control and status register.</summary>
    public const int PCI_PM_CTRL = 4;

    /// <summary>PPB support extensions (??).</summary>
    public const int PCI_PM_PPB_EXTENSIONS = 6;

    /// <summary>(??).</summary>
    public const int PCI_PM_DATA_REGISTER = 7;

    /// <summary>Size of PM registers.</summary>
    public const int PCI_PM_SIZEOF = 8;

    /// <summary>Size of AGP registers.</summary>
    public const int PCI_AGP_SIZEOF = 12;

    /// <summary>Size of VPD registers.</summary>
    public const int PCI_CAP_VPD_SIZEOF = 8;

    /// <summary>Address to access (15 bits!).</summary>
    public const int PCI_VPD_ADDR = 2;

    /// <summary>32-bits of data returned here.</summary>
    public const int PCI_VPD_DATA = 4;

    /// <summary>Message Control.</summary>
    public const int PCI_MSI_FLAGS = 0x02;

    /// <summary>Lower 32 bits.</summary>
    public const int PCI_MSI_ADDRESS_LO = 0x04;

    /// <summary>Upper 32 bits (if PCI_MSI_FLAGS_64BIT set).</summary>
    public const int PCI_MSI_ADDRESS_HI = 0x08;

    /// <summary>16 bits of data for 32-bit devices.</summary>
    public const int PCI_MSI_DATA_32 = 0x08;

    /// <summary>Mask bits register for 32-bit devices.</summary>
    public const int PCI_MSI_MASK_32 = 0x0c;

    /// <summary>Pending intrs for 32-bit devices.</summary>
    public const int PCI_MSI_PENDING_32 = 0x10;

    /// <summary>16 bits of data for 64-bit devices.</summary>
    public const int PCI_MSI_DATA_64 = 0x0c;

    /// <summary>Mask bits register for 64-bit devices.</summary>
    public const int PCI_MSI_MASK_64 = 0x10;

    /// <summary>Pending intrs for 64-bit devices.</summary>
    public const int PCI_MSI_PENDING_64 = 0x14;

    /// <summary>Message Control.</summary>
    public const int PCI_MSIX_FLAGS = 2;

    /// <summary>Table offset.</summary>
    public const int PCI_MSIX_TABLE = 4;

    /// <summary>Pending Bit Array offset.</summary>
    public const int PCI_MSIX_PBA = 8;

    /// <summary>Size of MSIX registers.</summary>
    public const int PCI_CAP_MSIX_SIZEOF = 12;

    /// <summary>Bytes of an entry of the MSI-X table.</summary>
    public const int PCI_MSIX_ENTRY_SIZE = 16;

    /// <summary>Message Address.</summary>
    public const int PCI_MSIX_ENTRY_LOWER_ADDR = 0x0;

    /// <summary>Message Upper Address.</summary>
    public const int PCI_MSIX_ENTRY_UPPER_ADDR = 0x4;

    /// <summary>Message Data.</summary>
    public const int PCI_MSIX_ENTRY_DATA = 0x8;

    /// <summary>Vector Control.</summary>
    public const int PCI_MSIX_ENTRY_VECTOR_CTRL = 0xc;

    /// <summary>Length of the Advanced Features capability.</summary>
    public const int PCI_AF_LENGTH = 2;

    /// <summary>AF capabilities (8 bits).</summary>
    public const int PCI_AF_CAP = 3;

    /// <summary>AF control (8 bits).</summary>
    public const int PCI_AF_CTRL = 4;

    /// <summary>AF status (8 bits).</summary>
    public const int PCI_AF_STATUS = 5;

    /// <summary>Size of AF registers.</summary>
    public const int PCI_CAP_AF_SIZEOF = 6;

    /// <summary>Number of Capability Entries.</summary>
    public const int PCI_EA_NUM_ENT = 2;

    /// <summary>First EA Entry in List.</summary>
    public const int PCI_EA_FIRST_ENT = 4;

    /// <summary>First EA Entry for Bridges.</summary>
    public const int PCI_EA_FIRST_ENT_BRIDGE = 8;

    /// <summary>Size of registers for Version 0.</summary>
    public const int PCI_CAP_PCIX_SIZEOF_V0 = 8;

    /// <summary>Size for Version 1.</summary>
    public const int PCI_CAP_PCIX_SIZEOF_V1 = 24;

    /// <summary>PCI Bridge subsystem vendor ID.</summary>
    public const int PCI_SSVID_VENDOR_ID = 4;

    /// <summary>PCI Bridge subsystem device ID.</summary>
    public const int PCI_SSVID_DEVICE_ID = 6;

    /// <summary>Capabilities register.</summary>
    public const int PCI_EXP_FLAGS = 0x02;

    /// <summary>Device capabilities.</summary>
    public const int PCI_EXP_DEVCAP = 0x04;

    /// <summary>Device Control.</summary>
    public const int PCI_EXP_DEVCTL = 0x08;

    /// <summary>Device Status.</summary>
    public const int PCI_EXP_DEVSTA = 0x0a;

    /// <summary>V1 endpoints without link end here.</summary>
    public const int PCI_CAP_EXP_RC_ENDPOINT_SIZEOF_V1 = 12;

    /// <summary>Link Capabilities.</summary>
    public const int PCI_EXP_LNKCAP = 0x0c;

    /// <summary>Link Control.</summary>
    public const int PCI_EXP_LNKCTL = 0x10;

    /// <summary>Link Status.</summary>
    public const int PCI_EXP_LNKSTA = 0x12;

    /// <summary>V1 endpoints with link end here.</summary>
    public const int PCI_CAP_EXP_ENDPOINT_SIZEOF_V1 = 20;

    /// <summary>Slot Capabilities.</summary>
    public const int PCI_EXP_SLTCAP = 0x14;

    /// <summary>Slot Control.</summary>
    public const int PCI_EXP_SLTCTL = 0x18;

    /// <summary>Slot Status.</summary>
    public const int PCI_EXP_SLTSTA = 0x1a;

    /// <summary>Root Control.</summary>
    public const int PCI_EXP_RTCTL = 0x1c;

    /// <summary>Root Capabilities.</summary>
    public const int PCI_EXP_RTCAP = 0x1e;

    /// <summary>Root Status.</summary>
    public const int PCI_EXP_RTSTA = 0x20;

    /// <summary>Device Capabilities 2.</summary>
    public const int PCI_EXP_DEVCAP2 = 0x24;

    /// <summary>Device Control 2.</summary>
    public const int PCI_EXP_DEVCTL2 = 0x28;

    /// <summary>Device Status 2.</summary>
    public const int PCI_EXP_DEVSTA2 = 0x2a;

    /// <summary>End of v2 EPs w/o link.</summary>
    public const int PCI_CAP_EXP_RC_ENDPOINT_SIZEOF_V2 = 0x2c;

    /// <summary>Link Capabilities 2.</summary>
    public const int PCI_EXP_LNKCAP2 = 0x2c;

    /// <summary>Link Control 2.</summary>
    public const int PCI_EXP_LNKCTL2 = 0x30;

    /// <summary>Link Status 2.</summary>
    public const int PCI_EXP_LNKSTA2 = 0x32;

    /// <summary>End of v2 EPs w/ link.</summary>
    public const int PCI_CAP_EXP_ENDPOINT_SIZEOF_V2 = 0x34;

    /// <summary>Slot Capabilities 2.</summary>
    public const int PCI_EXP_SLTCAP2 = 0x34;

    /// <summary>Slot Control 2.</summary>
    public const int PCI_EXP_SLTCTL2 = 0x38;

    /// <summary>Slot Status 2.</summary>
    public const int PCI_EXP_SLTSTA2 = 0x3a;

    /// <summary>Advanced Error Reporting.</summary>
    public const int PCI_EXT_CAP_ID_ERR = 0x01;

    /// <summary>Virtual Channel Capability.</summary>
    public const int PCI_EXT_CAP_ID_VC = 0x02;

    /// <summary>Device Serial Number.</summary>
    public const int PCI_EXT_CAP_ID_DSN = 0x03;

    /// <summary>Power Budgeting.</summary>
    public const int PCI_EXT_CAP_ID_PWR = 0x04;

    /// <summary>Root Complex Link Declaration.</summary>
    public const int PCI_EXT_CAP_ID_RCLD = 0x05;

    /// <summary>Root Complex Internal Link Control.</summary>
    public const int PCI_EXT_CAP_ID_RCILC = 0x06;

    /// <summary>Root Complex Event Collector.</summary>
    public const int PCI_EXT_CAP_ID_RCEC = 0x07;

    /// <summary>Multi-Function VC Capability.</summary>
    public const int PCI_EXT_CAP_ID_MFVC = 0x08;

    /// <summary>Same as _VC.</summary>
    public const int PCI_EXT_CAP_ID_VC9 = 0x09;

    /// <summary>Root Complex RB?.</summary>
    public const int PCI_EXT_CAP_ID_RCRB = 0x0A;

    /// <summary>Vendor-Specific.</summary>
    public const int PCI_EXT_CAP_ID_VNDR = 0x0B;

    /// <summary>Config Access - obsolete.</summary>
    public const int PCI_EXT_CAP_ID_CAC = 0x0C;

    /// <summary>Access Control Services.</summary>
    public const int PCI_EXT_CAP_ID_ACS = 0x0D;

    /// <summary>Alternate Routing ID.</summary>
    public const int PCI_EXT_CAP_ID_ARI = 0x0E;

    /// <summary>Address Translation Services.</summary>
    public const int PCI_EXT_CAP_ID_ATS = 0x0F;

    /// <summary>Single Root I/O Virtualization.</summary>
    public const int PCI_EXT_CAP_ID_SRIOV = 0x10;

    /// <summary>Multi Root I/O Virtualization.</summary>
    public const int PCI_EXT_CAP_ID_MRIOV = 0x11;

    /// <summary>Multicast.</summary>
    public const int PCI_EXT_CAP_ID_MCAST = 0x12;

    /// <summary>Page Request Interface.</summary>
    public const int PCI_EXT_CAP_ID_PRI = 0x13;

    /// <summary>Reserved for AMD.</summary>
    public const int PCI_EXT_CAP_ID_AMD_XXX = 0x14;

    /// <summary>Resizable BAR.</summary>
    public const int PCI_EXT_CAP_ID_REBAR = 0x15;

    /// <summary>Dynamic Power Allocation.</summary>
    public const int PCI_EXT_CAP_ID_DPA = 0x16;

    /// <summary>TPH Requester.</summary>
    public const int PCI_EXT_CAP_ID_TPH = 0x17;

    /// <summary>Latency Tolerance Reporting.</summary>
    public const int PCI_EXT_CAP_ID_LTR = 0x18;

    /// <summary>Secondary PCIe Capability.</summary>
    public const int PCI_EXT_CAP_ID_SECPCI = 0x19;

    /// <summary>Protocol Multiplexing.</summary>
    public const int PCI_EXT_CAP_ID_PMUX = 0x1A;

    /// <summary>Process Address Space ID.</summary>
    public const int PCI_EXT_CAP_ID_PASID = 0x1B;

    /// <summary>Downstream Port Containment.</summary>
    public const int PCI_EXT_CAP_ID_DPC = 0x1D;

    /// <summary>L1 PM Substates.</summary>
    public const int PCI_EXT_CAP_ID_L1SS = 0x1E;

    /// <summary>Precision Time Measurement.</summary>
    public const int PCI_EXT_CAP_ID_PTM = 0x1F;

    /// <summary>Designated Vendor-Specific.</summary>
    public const int PCI_EXT_CAP_ID_DVSEC = 0x23;

    /// <summary>VF Resizable BAR.</summary>
    public const int PCI_EXT_CAP_ID_VF_REBAR = 0x24;

    /// <summary>Data Link Feature.</summary>
    public const int PCI_EXT_CAP_ID_DLF = 0x25;

    /// <summary>Physical Layer 16.0 GT/s.</summary>
    public const int PCI_EXT_CAP_ID_PL_16GT = 0x26;

    /// <summary>Native PCIe Enclosure Management.</summary>
    public const int PCI_EXT_CAP_ID_NPEM = 0x29;

    /// <summary>Physical Layer 32.0 GT/s.</summary>
    public const int PCI_EXT_CAP_ID_PL_32GT = 0x2A;

    /// <summary>Data Object Exchange.</summary>
    public const int PCI_EXT_CAP_ID_DOE = 0x2E;

    /// <summary>Device 3 Capability/Control/Status.</summary>
    public const int PCI_EXT_CAP_ID_DEV3 = 0x2F;

    /// <summary>Integrity and Data Encryption.</summary>
    public const int PCI_EXT_CAP_ID_IDE = 0x30;

    /// <summary>Physical Layer 64.0 GT/s.</summary>
    public const int PCI_EXT_CAP_ID_PL_64GT = 0x31;

    /// <summary>Size of DSN registers.</summary>
    public const int PCI_EXT_CAP_DSN_SIZEOF = 12;

    /// <summary>Size of Multicast registers in an endpoint.</summary>
    public const int PCI_EXT_CAP_MCAST_ENDPOINT_SIZEOF = 40;

    /// <summary>Uncorrectable Error Status.</summary>
    public const int PCI_ERR_UNCOR_STATUS = 0x04;

    /// <summary>Uncorrectable Error Mask.</summary>
    public const int PCI_ERR_UNCOR_MASK = 0x08;

    /// <summary>Uncorrectable Error Severity.</summary>
    public const int PCI_ERR_UNCOR_SEVER = 0x0c;

    /// <summary>Correctable Error Status.</summary>
    public const int PCI_ERR_COR_STATUS = 0x10;

    /// <summary>Correctable Error Mask.</summary>
    public const int PCI_ERR_COR_MASK = 0x14;

    /// <summary>Advanced Error Capabilities and Ctrl.</summary>
    public const int PCI_ERR_CAP = 0x18;

    /// <summary>Header Log Register (16 bytes).</summary>
    public const int PCI_ERR_HEADER_LOG = 0x1c;

    /// <summary>Root Error Command.</summary>
    public const int PCI_ERR_ROOT_COMMAND = 0x2c;

    /// <summary>Root Error Status.</summary>
    public const int PCI_ERR_ROOT_STATUS = 0x30;

    /// <summary>Error Source Identification.</summary>
    public const int PCI_ERR_ROOT_ERR_SRC = 0x34;

    /// <summary>TLP Prefix LOG Register (up to 16 bytes).</summary>
    public const int PCI_ERR_PREFIX_LOG = 0x38;

    /// <summary>Port VC capability 1.</summary>
    public const int PCI_VC_PORT_CAP1 = 0x04;

    /// <summary>Port VC capability 2.</summary>
    public const int PCI_VC_PORT_CAP2 = 0x08;

    /// <summary>Port VC control.</summary>
    public const int PCI_VC_PORT_CTRL = 0x0c;

    /// <summary>Port VC status.</summary>
    public const int PCI_VC_PORT_STATUS = 0x0e;

    /// <summary>VC resource capability.</summary>
    public const int PCI_VC_RES_CAP = 0x10;

    /// <summary>VC resource control.</summary>
    public const int PCI_VC_RES_CTRL = 0x14;

    /// <summary>VC resource status.</summary>
    public const int PCI_VC_RES_STATUS = 0x1a;

    /// <summary>Size of VC registers before those of each VC.</summary>
    public const int PCI_CAP_VC_BASE_SIZEOF = 0x10;

    /// <summary>Size of the registers of each VC.</summary>
    public const int PCI_CAP_VC_PER_VC_SIZEOF = 0x0c;

    /// <summary>Size of Power Budgeting registers.</summary>
    public const int PCI_EXT_CAP_PWR_SIZEOF = 0x10;

    /// <summary>Data Select Register.</summary>
    public const int PCI_PWR_DSR = 0x04;

    /// <summary>Data Register.</summary>
    public const int PCI_PWR_DATA = 0x08;

    /// <summary>Capability.</summary>
    public const int PCI_PWR_CAP = 0x0c;

    /// <summary>Vendor-Specific Header.</summary>
    public const int PCI_VNDR_HEADER = 4;

    /// <summary>Slave and primary.</summary>
    public const int HT_CAP_SIZEOF_LONG = 28;

    /// <summary>Host and secondary.</summary>
    public const int HT_CAP_SIZEOF_SHORT = 24;

    /// <summary>Offset to flags.</summary>
    public const int HT_MSI_FLAGS = 0x02;

    /// <summary>Offset to low addr bits.</summary>
    public const int HT_MSI_ADDR_LO = 0x04;

    /// <summary>Offset to high addr bits.</summary>
    public const int HT_MSI_ADDR_HI = 0x08;

    /// <summary>ARI Capability Register.</summary>
    public const int PCI_ARI_CAP = 0x04;

    /// <summary>ARI Control Register.</summary>
    public const int PCI_ARI_CTRL = 0x06;

    /// <summary>Size of ARI registers.</summary>
    public const int PCI_EXT_CAP_ARI_SIZEOF = 8;

    /// <summary>ATS Capability Register.</summary>
    public const int PCI_ATS_CAP = 0x04;

    /// <summary>ATS Control Register.</summary>
    public const int PCI_ATS_CTRL = 0x06;

    /// <summary>Size of ATS registers.</summary>
    public const int PCI_EXT_CAP_ATS_SIZEOF = 8;

    /// <summary>PRI control register.</summary>
    public const int PCI_PRI_CTRL = 0x04;

    /// <summary>PRI status register.</summary>
    public const int PCI_PRI_STATUS = 0x06;

    /// <summary>PRI max reqs supported.</summary>
    public const int PCI_PRI_MAX_REQ = 0x08;

    /// <summary>PRI max reqs allowed.</summary>
    public const int PCI_PRI_ALLOC_REQ = 0x0c;

    /// <summary>Size of PRI registers.</summary>
    public const int PCI_EXT_CAP_PRI_SIZEOF = 16;

    /// <summary>PASID feature register.</summary>
    public const int PCI_PASID_CAP = 0x04;

    /// <summary>PASID control register.</summary>
    public const int PCI_PASID_CTRL = 0x06;

    /// <summary>Size of PASID registers.</summary>
    public const int PCI_EXT_CAP_PASID_SIZEOF = 8;

    /// <summary>SR-IOV Capabilities.</summary>
    public const int PCI_SRIOV_CAP = 0x04;

    /// <summary>SR-IOV Control.</summary>
    public const int PCI_SRIOV_CTRL = 0x08;

    /// <summary>SR-IOV Status.</summary>
    public const int PCI_SRIOV_STATUS = 0x0a;

    /// <summary>Initial VFs.</summary>
    public const int PCI_SRIOV_INITIAL_VF = 0x0c;

    /// <summary>Total VFs.</summary>
    public const int PCI_SRIOV_TOTAL_VF = 0x0e;

    /// <summary>Number of VFs.</summary>
    public const int PCI_SRIOV_NUM_VF = 0x10;

    /// <summary>Function Dependency Link.</summary>
    public const int PCI_SRIOV_FUNC_LINK = 0x12;

    /// <summary>First VF Offset.</summary>
    public const int PCI_SRIOV_VF_OFFSET = 0x14;

    /// <summary>Following VF Stride.</summary>
    public const int PCI_SRIOV_VF_STRIDE = 0x16;

    /// <summary>VF Device ID.</summary>
    public const int PCI_SRIOV_VF_DID = 0x1a;

    /// <summary>Supported Page Sizes.</summary>
    public const int PCI_SRIOV_SUP_PGSIZE = 0x1c;

    /// <summary>System Page Size.</summary>
    public const int PCI_SRIOV_SYS_PGSIZE = 0x20;

    /// <summary>VF BAR0.</summary>
    public const int PCI_SRIOV_BAR = 0x24;

    /// <summary>Number of VF BARs.</summary>
    public const int PCI_SRIOV_NUM_BARS = 6;

    /// <summary>VF Migration State Array Offset.</summary>
    public const int PCI_SRIOV_VFM = 0x3c;

    /// <summary>Size of SR-IOV registers.</summary>
    public const int PCI_EXT_CAP_SRIOV_SIZEOF = 0x40;

    /// <summary>Max snoop latency.</summary>
    public const int PCI_LTR_MAX_SNOOP_LAT = 0x4;

    /// <summary>Max no-snoop latency.</summary>
    public const int PCI_LTR_MAX_NOSNOOP_LAT = 0x6;

    /// <summary>Size of LTR registers.</summary>
    public const int PCI_EXT_CAP_LTR_SIZEOF = 8;

    /// <summary>ACS Capability Register.</summary>
    public const int PCI_ACS_CAP = 0x04;

    /// <summary>ACS Egress Control Vector Size.</summary>
    public const int PCI_ACS_EGRESS_BITS = 0x05;

    /// <summary>ACS Control Register.</summary>
    public const int PCI_ACS_CTRL = 0x06;

    /// <summary>ACS Egress Control Vector.</summary>
    public const int PCI_ACS_EGRESS_CTL_V = 0x08;

    /// <summary>Size of SATA registers.</summary>
    public const int PCI_SATA_SIZEOF_SHORT = 8;

    /// <summary>Size of SATA registers with registers in configuration space.</summary>
    public const int PCI_SATA_SIZEOF_LONG = 16;

    /// <summary>Capability register.</summary>
    public const int PCI_REBAR_CAP = 4;

    /// <summary>Control register.</summary>
    public const int PCI_REBAR_CTRL = 8;

    /// <summary>Size with 0 substates.</summary>
    public const int PCI_DPA_BASE_SIZEOF = 16;

    /// <summary>Capability register.</summary>
    public const int PCI_TPH_CAP = 4;

    /// <summary>Size with no ST table.</summary>
    public const int PCI_TPH_BASE_SIZEOF = 0xc;

    /// <summary>Control register.</summary>
    public const int PCI_TPH_CTRL = 8;

    /// <summary>DPC Capability.</summary>
    public const int PCI_EXP_DPC_CAP = 0x04;

    /// <summary>DPC control.</summary>
    public const int PCI_EXP_DPC_CTL = 0x06;

    /// <summary>DPC Status.</summary>
    public const int PCI_EXP_DPC_STATUS = 0x08;

    /// <summary>DPC Source Identifier.</summary>
    public const int PCI_EXP_DPC_SOURCE_ID = 0x0A;

    /// <summary>RP PIO Status.</summary>
    public const int PCI_EXP_DPC_RP_PIO_STATUS = 0x0C;

    /// <summary>RP PIO Mask.</summary>
    public const int PCI_EXP_DPC_RP_PIO_MASK = 0x10;

    /// <summary>RP PIO Severity.</summary>
    public const int PCI_EXP_DPC_RP_PIO_SEVERITY = 0x14;

    /// <summary>RP PIO SysError.</summary>
    public const int PCI_EXP_DPC_RP_PIO_SYSERROR = 0x18;

    /// <summary>RP PIO Exception.</summary>
    public const int PCI_EXP_DPC_RP_PIO_EXCEPTION = 0x1C;

    /// <summary>RP PIO Header Log.</summary>
    public const int PCI_EXP_DPC_RP_PIO_HEADER_LOG = 0x20;

    /// <summary>PTM Capability.</summary>
    public const int PCI_PTM_CAP = 0x04;

    /// <summary>PTM Control.</summary>
    public const int PCI_PTM_CTRL = 0x08;

    /// <summary>Capabilities Register.</summary>
    public const int PCI_L1SS_CAP = 0x04;

    /// <summary>Control 1 Register.</summary>
    public const int PCI_L1SS_CTL1 = 0x08;

    /// <summary>Control 2 Register.</summary>
    public const int PCI_L1SS_CTL2 = 0x0c;

    /// <summary>Designated Vendor-Specific Header1.</summary>
    public const int PCI_DVSEC_HEADER1 = 0x4;

    /// <summary>Designated Vendor-Specific Header2.</summary>
    public const int PCI_DVSEC_HEADER2 = 0x8;

    /// <summary>Capabilities Register.</summary>
    public const int PCI_DLF_CAP = 0x04;

    /// <summary>Lane Equalization Control Register.</summary>
    public const int PCI_SECPCI_LE_CTRL = 0x0c;

    /// <summary>Lane Equalization Control Register.</summary>
    public const int PCI_PL_16GT_LE_CTRL = 0x20;

    /// <summary>Lane Equalization Control Register.</summary>
    public const int PCI_PL_32GT_LE_CTRL = 0x20;

    /// <summary>DOE Capabilities Register.</summary>
    public const int PCI_DOE_CAP = 0x04;

    /// <summary>DOE Control Register.</summary>
    public const int PCI_DOE_CTRL = 0x08;

    /// <summary>DOE Status Register.</summary>
    public const int PCI_DOE_STATUS = 0x0c;

    /// <summary>DOE Write Data Mailbox Register.</summary>
    public const int PCI_DOE_WRITE = 0x10;

    /// <summary>DOE Read Data Mailbox Register.</summary>
    public const int PCI_DOE_READ = 0x14;

    /// <summary>Size of DOE register block.</summary>
    public const int PCI_DOE_CAP_SIZEOF = 0x18;

    /// <summary>Device 3 Capabilities Register.</summary>
    public const int PCI_DEV3_CAP = 0x04;

    /// <summary>Device 3 Control Register.</summary>
    public const int PCI_DEV3_CTL = 0x08;

    /// <summary>Device 3 Status Register.</summary>
    public const int PCI_DEV3_STA = 0x0c;

    /// <summary>IDE Capability Register.</summary>
    public const int PCI_IDE_CAP = 0x04;

    /// <summary>IDE Control Register.</summary>
    public const int PCI_IDE_CTL = 0x08;

    /// <summary>First Link Stream Register Block.</summary>
    public const int PCI_IDE_LINK_STREAM_0 = 0xc;

    /// <summary>Bytes of a Link Stream Register Block.</summary>
    public const int PCI_IDE_LINK_BLOCK_SIZE = 8;

    /// <summary>First Link Control Register Offset in block.</summary>
    public const int PCI_IDE_LINK_CTL_0 = 0x00;

    /// <summary>First Link Status Register Offset in block.</summary>
    public const int PCI_IDE_LINK_STS_0 = 0x4;

    /// <summary>Selective IDE Stream Capability, in its block.</summary>
    public const int PCI_IDE_SEL_CAP = 0x00;

    /// <summary>Selective IDE Stream Control, in its block.</summary>
    public const int PCI_IDE_SEL_CTL = 0x04;

    /// <summary>Selective IDE Stream Status, in its block.</summary>
    public const int PCI_IDE_SEL_STS = 0x08;

    /// <summary>IDE RID Association 1, in its block.</summary>
    public const int PCI_IDE_SEL_RID_1 = 0x0c;

    /// <summary>IDE RID Association 2, in its block.</summary>
    public const int PCI_IDE_SEL_RID_2 = 0x10;

    /// <summary>Bytes of an Address Association Register Block.</summary>
    public const int PCI_IDE_SEL_ADDR_BLOCK_SIZE = 12;

    /// <summary>PCIe DVSEC for CXL Device.</summary>
    public const int PCI_DVSEC_CXL_DEVICE = 0;

    /// <summary>CXL Capability.</summary>
    public const int PCI_DVSEC_CXL_CAP = 0xA;

    /// <summary>CXL Control.</summary>
    public const int PCI_DVSEC_CXL_CTRL = 0xC;

    /// <summary>Non-CXL Function Map DVSEC.</summary>
    public const int PCI_DVSEC_CXL_FUNCTION_MAP = 2;

    /// <summary>Extensions DVSEC for Ports.</summary>
    public const int PCI_DVSEC_CXL_PORT = 3;

    /// <summary>Port Control Extensions.</summary>
    public const int PCI_DVSEC_CXL_PORT_CTL = 0x0c;

    /// <summary>GPF DVSEC for CXL Port.</summary>
    public const int PCI_DVSEC_CXL_PORT_GPF = 4;

    /// <summary>GPF Phase 1 Control.</summary>
    public const int PCI_DVSEC_CXL_PORT_GPF_PHASE_1_CONTROL = 0x0C;

    /// <summary>GPF Phase 2 Control.</summary>
    public const int PCI_DVSEC_CXL_PORT_GPF_PHASE_2_CONTROL = 0xE;

    /// <summary>GPF DVSEC for CXL Device.</summary>
    public const int PCI_DVSEC_CXL_DEVICE_GPF = 5;

    /// <summary>Flex Bus DVSEC.</summary>
    public const int PCI_DVSEC_CXL_FLEXBUS_PORT = 7;

    /// <summary>Flex Bus Port Status.</summary>
    public const int PCI_DVSEC_CXL_FLEXBUS_PORT_STATUS = 0xE;

    /// <summary>Register Locator DVSEC.</summary>
    public const int PCI_DVSEC_CXL_REG_LOCATOR = 8;

    /// <summary>First register block.</summary>
    public const int PCI_DVSEC_CXL_REG_LOCATOR_BLOCK1 = 0xC;
}
