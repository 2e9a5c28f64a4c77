using Devices.Iommufd;
using Devices.Linux;

namespace Devices.Vfio;

/// <summary>A device without an IOMMU before it: <see cref="UnsafeNoIommu"/> says what that means.</summary>
public sealed class UnsafeNoIommuDevice : VfioDevice
{
    private readonly IommuContext? _context;
    private IommuObjectUse? _pinned;

    internal UnsafeNoIommuDevice(FileDescriptor fd, DeviceIdentity identity, IommuContext? context)
        : base(fd, identity, adopted: false)
        => _context = context;

    /// <summary>Null: no address space keeps its DMA in bounds.</summary>
    public override DmaAttachment? Attachment => null;

    /// <summary>
    /// Has what is mapped in an address space pinned while the device is open, so that its physical addresses hold, and can be asked for:
    /// <see cref="Ioas.UnsafeNoIommuPhysicalAddress"/>. The addresses of the address space itself mean nothing to the device.
    /// </summary>
    /// <param name="ioas">The address space, of the context that the device is bound to.</param>
    /// <remarks><c>VFIO_DEVICE_ATTACH_IOMMUFD_PT</c>.</remarks>
    /// <exception cref="InvalidOperationException">The device was opened by its group.</exception>
    /// <exception cref="ArgumentException">The address space belongs to another context.</exception>
    /// <exception cref="LinuxException">The call failed.</exception>
    public void PinMappings(Ioas ioas)
    {
        ThrowIfEnded();
        if (_context is null) throw new InvalidOperationException($"{Name} was opened by its group, which pins no memory: open it by its own file.");
        var pinned = IommufdAttach.Attach(this, _context, ioas);
        _pinned?.Dispose();
        _pinned = pinned;
    }

    private protected override void EndAttachments() => _pinned?.Dispose();
}
