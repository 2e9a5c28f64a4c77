namespace Devices.Pci;

/// <summary>What a block of a CXL device's registers is (<c>PCI_DVSEC_CXL_REG_LOCATOR_BLOCK_ID</c>); further values are reserved.</summary>
public enum CxlRegisterBlockId : byte
{
    /// <summary>No block.</summary>
    Empty = 0,

    /// <summary>Component registers.</summary>
    Component = 1,

    /// <summary>BAR virtualization and access control.</summary>
    BarVirtualization = 2,

    /// <summary>Device registers: mailbox, status.</summary>
    Device = 3,

    /// <summary>Performance monitoring.</summary>
    PerformanceMonitoring = 4,

    /// <summary>As the vendor defines.</summary>
    VendorSpecific = 0xFF,
}
