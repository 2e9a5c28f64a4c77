namespace Devices.Pci;

/// <summary>The SR-IOV Control register (<c>PCI_SRIOV_CTRL_*</c>).</summary>
[Flags]
public enum SriovControls : ushort
{
    /// <summary>Nothing is enabled.</summary>
    None = 0,

    /// <summary>The VFs exist (VF Enable). A booting kernel clears it.</summary>
    VfEnable = 0x1,

    /// <summary>VF migration; retired from the specification.</summary>
    VfMigrationEnable = 0x2,

    /// <summary>An interrupt for VF migration; retired.</summary>
    VfMigrationInterruptEnable = 0x4,

    /// <summary>The VFs answer in memory space (VF MSE).</summary>
    VfMemorySpaceEnable = 0x8,

    /// <summary>The VFs may use function numbers above 7 (ARI Capable Hierarchy).</summary>
    AriCapableHierarchy = 0x10,

    /// <summary>The VFs may use 10-bit tags.</summary>
    Vf10BitTagRequesterEnable = 0x20,
}
