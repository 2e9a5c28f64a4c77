namespace Devices.Iommufd;

/// <summary>What an IOMMU can do for a device (<c>enum iommufd_hw_capabilities</c>).</summary>
[Flags]
public enum IommuCapabilities : ulong
{
    /// <summary>Nothing of this.</summary>
    None = 0,
    /// <summary>It tells which pages the device wrote: <see cref="HwptFlags.DirtyTracking"/>.</summary>
    DirtyTracking = 1 << 0,
    /// <summary>Requests with a PASID may ask to execute.</summary>
    PasidExecute = 1 << 1,
    /// <summary>Requests with a PASID may be privileged.</summary>
    PasidPrivileged = 1 << 2,
    /// <summary>The device cannot use ATS here. (Without this it may be enabled.)</summary>
    AtsNotSupported = 1 << 3,
}
