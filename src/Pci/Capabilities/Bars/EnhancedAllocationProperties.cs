namespace Devices.Pci;

/// <summary>What a range of Enhanced Allocation is for (<c>PCI_EA_P_*</c>); further values are reserved.</summary>
public enum EnhancedAllocationProperties : byte
{
    /// <summary>Memory.</summary>
    Memory = 0x00,

    /// <summary>Memory, prefetchable.</summary>
    MemoryPrefetchable = 0x01,

    /// <summary>I/O.</summary>
    Io = 0x02,

    /// <summary>VFs' memory, prefetchable.</summary>
    VfMemoryPrefetchable = 0x03,

    /// <summary>VFs' memory.</summary>
    VfMemory = 0x04,

    /// <summary>Memory behind the bridge.</summary>
    BridgeMemory = 0x05,

    /// <summary>Memory behind the bridge, prefetchable.</summary>
    BridgeMemoryPrefetchable = 0x06,

    /// <summary>I/O behind the bridge.</summary>
    BridgeIo = 0x07,

    /// <summary>Memory that may not be used.</summary>
    MemoryReserved = 0xFD,

    /// <summary>I/O that may not be used.</summary>
    IoReserved = 0xFE,

    /// <summary>Nothing: the entry may not be used, or as secondary property that the primary one counts.</summary>
    Unavailable = 0xFF,
}
