namespace Devices.Pci;

/// <summary>Features of a Flex Bus port: capability, control and status have the same bits as far as they have the feature.</summary>
[Flags]
public enum CxlFlexBusFeatures : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>CXL.cache.</summary>
    Cache = 0x0001,

    /// <summary>CXL.io.</summary>
    Io = 0x0002,

    /// <summary>CXL.mem.</summary>
    Memory = 0x0004,

    /// <summary>Sync headers are left out.</summary>
    SyncHeaderBypass = 0x0008,

    /// <summary>A drift buffer and not an elastic one.</summary>
    DriftBuffer = 0x0010,

    /// <summary>Flits of 68 bytes, and CXL 2.0's hierarchies.</summary>
    Flit68BAndVh = 0x0020,

    /// <summary>Several logical devices in one.</summary>
    MultiLogicalDevice = 0x0040,

    /// <summary>No training as a CXL 1.1 device; control alone.</summary>
    DisableRcdTraining = 0x0080,

    /// <summary>A retimer; control alone.</summary>
    Retimer1Present = 0x0100,

    /// <summary>A second retimer; control alone.</summary>
    Retimer2Present = 0x0200,

    /// <summary>Flits of 256 bytes with low latency.</summary>
    LatencyOptimized256BFlit = 0x2000,

    /// <summary>Flits routed by port.</summary>
    PbrFlit = 0x4000,
}
