namespace Devices.Pci;

/// <summary>How far the equalization of a link came, at 16 GT/s or more.</summary>
[Flags]
public enum PhysicalLayerEqualization
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It is complete.</summary>
    Complete = 0x01,

    /// <summary>Phase 1 succeeded.</summary>
    Phase1 = 0x02,

    /// <summary>Phase 2 succeeded.</summary>
    Phase2 = 0x04,

    /// <summary>Phase 3 succeeded.</summary>
    Phase3 = 0x08,

    /// <summary>The port asks for it again.</summary>
    Request = 0x10,
}
