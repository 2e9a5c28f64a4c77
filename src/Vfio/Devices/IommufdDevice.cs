using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>A PCI device bound to an iommufd through its character device (<see cref="VfioCdev"/>): it reaches the address space that it is attached to.</summary>
public sealed class IommufdDevice : VfioDevice
{
    private IoasAttachment? _attachment;

    internal IommufdDevice(FileDescriptor fd, PciAddress address, IommuContext context, uint? deviceId, bool adopted)
        : base(fd, address, adopted)
    {
        Context = context;
        IommufdDeviceId = deviceId;
    }

    /// <summary>The iommufd that it is bound to.</summary>
    public IommuContext Context { get; }

    /// <summary>Its id in the iommufd; null if it was taken over from a process that did not tell.</summary>
    public uint? IommufdDeviceId { get; }

    /// <summary>The attachment made through this object, or null.</summary>
    public override IoasAttachment? Attachment => _attachment is { IsAttached: true } ? _attachment : null;

    /// <summary>
    /// Attaches the device to an address space: from now on it reaches what is mapped there, and nothing else. For a device
    /// that was taken over: the address space that it is attached to already changes nothing, another one replaces it.
    /// </summary>
    /// <param name="ioas">The address space, of the context that the device is bound to.</param>
    /// <remarks><c>VFIO_DEVICE_ATTACH_IOMMUFD_PT</c>. What is mapped is pinned now.</remarks>
    /// <exception cref="ArgumentException">The address space belongs to another context.</exception>
    /// <exception cref="InvalidOperationException">The device is attached already.</exception>
    /// <exception cref="LinuxException">EADDRINUSE: something is mapped at a reserved address. EBUSY: the group is attached elsewhere.</exception>
    public IoasAttachment Attach(Ioas ioas)
    {
        ArgumentNullException.ThrowIfNull(ioas);
        ThrowIfEnded();
        // An id is meaningless in another iommufd: there it could name somebody else's memory.
        if (!ReferenceEquals(ioas.Context, Context))
            throw new ArgumentException($"{ioas} belongs to another context than {Address} is bound to.", nameof(ioas));
        if (Attachment is { } current) throw new InvalidOperationException($"{Address} is attached to {current.Ioas} already: detach it first.");
        IommufdAttach.Attach(this, ioas);
        return _attachment = new IoasAttachment(this, ioas);
    }

    internal void Detach()
    {
        ThrowIfEnded();
        IommufdAttach.Detach(this);
    }
}
