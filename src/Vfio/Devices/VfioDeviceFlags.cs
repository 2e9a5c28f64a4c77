namespace Devices.Vfio;

/// <summary>What a VFIO device is and can do (<c>VFIO_DEVICE_FLAGS_*</c>).</summary>
[Flags]
public enum VfioDeviceFlags : uint
{
    /// <summary>No flag.</summary>
    None = 0,
    /// <summary>It can be reset (<c>VFIO_DEVICE_RESET</c>): decided when it was opened, by a reset that worked.</summary>
    Reset = 1 << 0,
    /// <summary>A PCI device.</summary>
    Pci = 1 << 1,
    /// <summary>A platform device.</summary>
    Platform = 1 << 2,
    /// <summary>An AMBA device.</summary>
    Amba = 1 << 3,
    /// <summary>A CCW device.</summary>
    Ccw = 1 << 4,
    /// <summary>An AP device.</summary>
    Ap = 1 << 5,
    /// <summary>An FSL-MC device.</summary>
    FslMc = 1 << 6,
    /// <summary>The info carries capabilities.</summary>
    Capabilities = 1 << 7,
    /// <summary>A CDX device.</summary>
    Cdx = 1 << 8,
}
