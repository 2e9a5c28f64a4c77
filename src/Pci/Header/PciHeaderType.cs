namespace Devices.Pci;

/// <summary>The layout of the standard header (Header Type register, bits 6:0).</summary>
public enum PciHeaderType
{
    /// <summary>Type 0: an endpoint.</summary>
    Endpoint = 0,

    /// <summary>Type 1: a PCI-to-PCI bridge, root or switch port.</summary>
    Bridge = 1,

    /// <summary>Type 2: a CardBus bridge.</summary>
    CardBus = 2,
}
