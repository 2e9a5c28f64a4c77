namespace Devices.LiveUpdate;

/// <summary>What kind of file a descriptor is, told from its target in <c>/proc/self/fd</c>.</summary>
public enum FdKind
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>A memfd, a retrieved one too.</summary>
    Memfd,

    /// <summary>A VFIO device opened through its cdev (<c>/dev/vfio/devices/vfioN</c>).</summary>
    VfioCdev,

    /// <summary>A VFIO device that came from its group (<c>anon_inode:[vfio-device]</c>).</summary>
    VfioGroupDevice,

    /// <summary>An iommufd (<c>/dev/iommu</c>).</summary>
    Iommufd,

    /// <summary>An eventfd.</summary>
    EventFd,

    /// <summary>A live update session.</summary>
    LiveUpdateSession,
}
