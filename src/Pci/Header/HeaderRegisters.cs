namespace Devices.Pci;

/// <summary>The registers of the standard header by its type.</summary>
internal static class HeaderRegisters
{
    private static readonly PciRegister[] Common =
    [
        new("Vendor ID", PciRegs.PCI_VENDOR_ID, 2),
        new("Device ID", PciRegs.PCI_DEVICE_ID, 2),
        new("Command", PciRegs.PCI_COMMAND, 2),
        new("Status", PciRegs.PCI_STATUS, 2),
        new("Revision ID and Class Code", PciRegs.PCI_CLASS_REVISION, 4),
        new("Cache Line Size", PciRegs.PCI_CACHE_LINE_SIZE, 1),
        new("Latency Timer", PciRegs.PCI_LATENCY_TIMER, 1),
        new("Header Type", PciRegs.PCI_HEADER_TYPE, 1),
        new("BIST", PciRegs.PCI_BIST, 1),
        new("Interrupt Line", PciRegs.PCI_INTERRUPT_LINE, 1),
        new("Interrupt Pin", PciRegs.PCI_INTERRUPT_PIN, 1),
    ];

    private static readonly PciRegister[] Endpoint =
    [
        .. Common,
        new("BAR 0", PciRegs.PCI_BASE_ADDRESS_0, 4),
        new("BAR 1", PciRegs.PCI_BASE_ADDRESS_1, 4),
        new("BAR 2", PciRegs.PCI_BASE_ADDRESS_2, 4),
        new("BAR 3", PciRegs.PCI_BASE_ADDRESS_3, 4),
        new("BAR 4", PciRegs.PCI_BASE_ADDRESS_4, 4),
        new("BAR 5", PciRegs.PCI_BASE_ADDRESS_5, 4),
        new("CardBus CIS Pointer", PciRegs.PCI_CARDBUS_CIS, 4),
        new("Subsystem Vendor ID", PciRegs.PCI_SUBSYSTEM_VENDOR_ID, 2),
        new("Subsystem ID", PciRegs.PCI_SUBSYSTEM_ID, 2),
        new("Expansion ROM Base Address", PciRegs.PCI_ROM_ADDRESS, 4),
        new("Capabilities Pointer", PciRegs.PCI_CAPABILITY_LIST, 1),
        new("Min_Gnt", PciRegs.PCI_MIN_GNT, 1),
        new("Max_Lat", PciRegs.PCI_MAX_LAT, 1),
    ];

    private static readonly PciRegister[] Bridge =
    [
        .. Common,
        new("BAR 0", PciRegs.PCI_BASE_ADDRESS_0, 4),
        new("BAR 1", PciRegs.PCI_BASE_ADDRESS_1, 4),
        new("Primary Bus Number", PciRegs.PCI_PRIMARY_BUS, 1),
        new("Secondary Bus Number", PciRegs.PCI_SECONDARY_BUS, 1),
        new("Subordinate Bus Number", PciRegs.PCI_SUBORDINATE_BUS, 1),
        new("Secondary Latency Timer", PciRegs.PCI_SEC_LATENCY_TIMER, 1),
        new("I/O Base", PciRegs.PCI_IO_BASE, 1),
        new("I/O Limit", PciRegs.PCI_IO_LIMIT, 1),
        new("Secondary Status", PciRegs.PCI_SEC_STATUS, 2),
        new("Memory Base", PciRegs.PCI_MEMORY_BASE, 2),
        new("Memory Limit", PciRegs.PCI_MEMORY_LIMIT, 2),
        new("Prefetchable Memory Base", PciRegs.PCI_PREF_MEMORY_BASE, 2),
        new("Prefetchable Memory Limit", PciRegs.PCI_PREF_MEMORY_LIMIT, 2),
        new("Prefetchable Base Upper 32 Bits", PciRegs.PCI_PREF_BASE_UPPER32, 4),
        new("Prefetchable Limit Upper 32 Bits", PciRegs.PCI_PREF_LIMIT_UPPER32, 4),
        new("I/O Base Upper 16 Bits", PciRegs.PCI_IO_BASE_UPPER16, 2),
        new("I/O Limit Upper 16 Bits", PciRegs.PCI_IO_LIMIT_UPPER16, 2),
        new("Capabilities Pointer", PciRegs.PCI_CAPABILITY_LIST, 1),
        new("Expansion ROM Base Address", PciRegs.PCI_ROM_ADDRESS1, 4),
        new("Bridge Control", PciRegs.PCI_BRIDGE_CONTROL, 2),
    ];

    public static IReadOnlyList<PciRegister> Of(PciHeaderType type) => type switch
    {
        PciHeaderType.Endpoint => Endpoint,
        PciHeaderType.Bridge => Bridge,
        _ => Common,
    };
}
