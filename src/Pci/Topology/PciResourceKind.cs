namespace Devices.Pci;

/// <summary>What a line of sysfs' <c>resource</c> file stands for.</summary>
public enum PciResourceKind
{
    /// <summary>One of the six BARs.</summary>
    Bar,

    /// <summary>The expansion ROM.</summary>
    ExpansionRom,

    /// <summary>One of the six VF BARs of the SR-IOV capability: the range of all VFs together.</summary>
    VfBar,

    /// <summary>A window that a bridge forwards.</summary>
    BridgeWindow,
}
