namespace Devices.Pci;

/// <summary>What a PCIe function is (<c>PCI_EXP_TYPE_*</c>).</summary>
public enum PcieDeviceType
{
    /// <summary>PCI Express Endpoint.</summary>
    Endpoint = 0x0,

    /// <summary>Legacy PCI Express Endpoint.</summary>
    LegacyEndpoint = 0x1,

    /// <summary>Root Port of a root complex.</summary>
    RootPort = 0x4,

    /// <summary>Upstream Port of a switch.</summary>
    UpstreamPort = 0x5,

    /// <summary>Downstream Port of a switch.</summary>
    DownstreamPort = 0x6,

    /// <summary>PCI Express to PCI or PCI-X bridge.</summary>
    PcieToPciBridge = 0x7,

    /// <summary>PCI or PCI-X to PCI Express bridge.</summary>
    PciToPcieBridge = 0x8,

    /// <summary>Root Complex Integrated Endpoint; it has no link.</summary>
    RootComplexIntegratedEndpoint = 0x9,

    /// <summary>Root Complex Event Collector; it has no link.</summary>
    RootComplexEventCollector = 0xA,
}
