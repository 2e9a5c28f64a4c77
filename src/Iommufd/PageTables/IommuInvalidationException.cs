using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>A request to invalidate was refused after some before it had been carried out.</summary>
public sealed class IommuInvalidationException : LinuxException
{
    internal IommuInvalidationException(Errno errno, string subject, int handled, int requested)
        : base(errno, iommu_hwpt_invalidate.Name, $"{subject}, request {handled} of {requested}", IommufdIoctl.Remedy(iommu_hwpt_invalidate.Name, errno))
    {
        Handled = handled;
        Requested = requested;
    }

    /// <summary>How many requests were carried out: the index of the one that was refused.</summary>
    public int Handled { get; }

    /// <summary>How many were made.</summary>
    public int Requested { get; }
}
