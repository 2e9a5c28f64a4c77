using static Devices.Pci.RegisterPolicy;

namespace Devices.Pci;

/// <summary>
/// The policy of the standard header (PCI 3.0 chapter 6, PCI-to-PCI Bridge 1.2 chapter 3, PCIe 9.3.4 for VFs). What is not listed is volatile.
/// </summary>
internal static class HeaderRules
{
    // The name is also that of a class of .NET's.
    private const RegisterPolicy Volatile = RegisterPolicy.Volatile;

    // Secondary Bus Reset, in Bridge Control.
    private const int SecondaryBusReset = 6;

    private const int EndOfCapabilityPointer = PciRegs.PCI_CAPABILITY_LIST + 1;

    // What VFIO makes of a write: vfio_pci_config.c, init_pci_cap_basic_perm and vfio_bar_fixup. BARs, ROM and the interrupt line are VFIO's memory: an address keeps what the
    // size and the kind of the resource leave of it, both fixed as long as the device is bound. Of Command VFIO passes all bits on but INTx Disable and a VF's Memory Space
    // Enable, which it keeps itself; the device takes a bit or has it hardwired. VFIO restores the raw BARs when decoding is switched on after a reset, not those it shows.
    private static readonly RegisterRule[] Common =
    [
        new(PciRegs.PCI_VENDOR_ID, 2, Constant),
        new(PciRegs.PCI_DEVICE_ID, 2, Constant),
        new(PciRegs.PCI_COMMAND, 2, UntilWritten, WriteEffect.Bars) { Outcome = WriteOutcome.ByBit, HasRawEffect = true },
        new(PciRegs.PCI_STATUS, 2, Volatile),
        new(PciRegs.PCI_CLASS_REVISION, 4, Constant),
        new(PciRegs.PCI_CACHE_LINE_SIZE, 1, UntilWritten) { InVf = Constant },
        new(PciRegs.PCI_LATENCY_TIMER, 1, UntilWritten) { InVf = Constant },
        new(PciRegs.PCI_HEADER_TYPE, 1, Constant),
        new(PciRegs.PCI_BIST, 1, Volatile) { InVf = Constant },
        new(PciRegs.PCI_INTERRUPT_LINE, 1, UntilWritten) { InVf = Constant, Outcome = WriteOutcome.ByBitOfVfio },
        new(PciRegs.PCI_INTERRUPT_PIN, 1, Constant),
    ];

    // In a VF's registers BARs, ROM and the interrupt line are zero and cannot be written (PCIe 9.3.4.1).
    private static readonly RegisterRule[] Endpoint =
    [
        .. Common,
        new(PciRegs.PCI_BASE_ADDRESS_0, 4, UntilWritten) { InVf = Constant, Outcome = WriteOutcome.ByBitOfVfio },
        new(PciRegs.PCI_BASE_ADDRESS_1, 4, UntilWritten) { InVf = Constant, Outcome = WriteOutcome.ByBitOfVfio },
        new(PciRegs.PCI_BASE_ADDRESS_2, 4, UntilWritten) { InVf = Constant, Outcome = WriteOutcome.ByBitOfVfio },
        new(PciRegs.PCI_BASE_ADDRESS_3, 4, UntilWritten) { InVf = Constant, Outcome = WriteOutcome.ByBitOfVfio },
        new(PciRegs.PCI_BASE_ADDRESS_4, 4, UntilWritten) { InVf = Constant, Outcome = WriteOutcome.ByBitOfVfio },
        new(PciRegs.PCI_BASE_ADDRESS_5, 4, UntilWritten) { InVf = Constant, Outcome = WriteOutcome.ByBitOfVfio },
        new(PciRegs.PCI_CARDBUS_CIS, 4, Constant),
        new(PciRegs.PCI_SUBSYSTEM_VENDOR_ID, 2, Constant),
        new(PciRegs.PCI_SUBSYSTEM_ID, 2, Constant),

        // The kernel may find a place for a ROM as late as somebody reads it through sysfs (pci_map_rom); only then VFIO shows its size. A VF has none.
        new(PciRegs.PCI_ROM_ADDRESS, 4, UntilWritten) { InVf = Constant, Outcome = WriteOutcome.ByBit, OutcomeInVf = WriteOutcome.ByBitOfVfio },
        new(PciRegs.PCI_CAPABILITY_LIST, 1, Constant),

        // Reserved: zero, and not written.
        new(EndOfCapabilityPointer, PciRegs.PCI_INTERRUPT_LINE - EndOfCapabilityPointer, Constant),
        new(PciRegs.PCI_MIN_GNT, 1, Constant),
        new(PciRegs.PCI_MAX_LAT, 1, Constant),
    ];

    private static readonly RegisterRule[] Bridge =
    [
        .. Common,
        new(PciRegs.PCI_BASE_ADDRESS_0, 4, UntilWritten),
        new(PciRegs.PCI_BASE_ADDRESS_1, 4, UntilWritten),
        new(PciRegs.PCI_PRIMARY_BUS, 1, UntilWritten),
        new(PciRegs.PCI_SECONDARY_BUS, 1, UntilWritten, WriteEffect.Buses),
        new(PciRegs.PCI_SUBORDINATE_BUS, 1, UntilWritten, WriteEffect.Buses),
        new(PciRegs.PCI_SEC_LATENCY_TIMER, 1, UntilWritten),
        new(PciRegs.PCI_IO_BASE, 1, UntilWritten),
        new(PciRegs.PCI_IO_LIMIT, 1, UntilWritten),
        new(PciRegs.PCI_SEC_STATUS, 2, Volatile),
        new(PciRegs.PCI_MEMORY_BASE, 2, UntilWritten),
        new(PciRegs.PCI_MEMORY_LIMIT, 2, UntilWritten),
        new(PciRegs.PCI_PREF_MEMORY_BASE, 2, UntilWritten),
        new(PciRegs.PCI_PREF_MEMORY_LIMIT, 2, UntilWritten),
        new(PciRegs.PCI_PREF_BASE_UPPER32, 4, UntilWritten),
        new(PciRegs.PCI_PREF_LIMIT_UPPER32, 4, UntilWritten),
        new(PciRegs.PCI_IO_BASE_UPPER16, 2, UntilWritten),
        new(PciRegs.PCI_IO_LIMIT_UPPER16, 2, UntilWritten),
        new(PciRegs.PCI_CAPABILITY_LIST, 1, Constant),
        new(EndOfCapabilityPointer, PciRegs.PCI_ROM_ADDRESS1 - EndOfCapabilityPointer, Constant),
        new(PciRegs.PCI_ROM_ADDRESS1, 4, UntilWritten),

        // Discard Timer Status, bit 10, is set by the bridge.
        new(PciRegs.PCI_BRIDGE_CONTROL, 2, Volatile, WriteEffect.BusReset, SecondaryBusReset),
    ];

    public static IReadOnlyList<RegisterRule> Of(PciHeaderType type) => type switch
    {
        PciHeaderType.Endpoint => Endpoint,
        PciHeaderType.Bridge => Bridge,
        _ => Common,
    };

    /// <summary>
    /// BIST where the function has none (bit 7 clear): zero, and not written. Otherwise it is volatile, which the table says.
    /// </summary>
    public static readonly RegisterRule NoBist = new(PciRegs.PCI_BIST, 1, Constant);
}
