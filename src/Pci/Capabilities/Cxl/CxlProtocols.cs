namespace Devices.Pci;

/// <summary>The protocols of Compute Express Link, one each for a bit of several registers.</summary>
[Flags]
public enum CxlProtocols
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>CXL.cache: the device caches the host's memory.</summary>
    Cache = 0x1,

    /// <summary>CXL.io: what PCI Express is.</summary>
    Io = 0x2,

    /// <summary>CXL.mem: the host reaches the device's memory.</summary>
    Memory = 0x4,
}
