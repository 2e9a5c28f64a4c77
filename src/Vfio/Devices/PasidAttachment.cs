using Devices.Iommufd;

namespace Devices.Vfio;

/// <summary>One of a device's PASIDs, attached to a page table: its requests with that PASID are translated there.</summary>
public sealed class PasidAttachment : IDisposable
{
    private IommuObjectUse _use;

    internal PasidAttachment(IommufdDevice device, Pasid pasid, Hwpt hwpt, IommuObjectUse use)
    {
        Device = device;
        Pasid = pasid;
        Hwpt = hwpt;
        _use = use;
    }

    /// <summary>The device.</summary>
    public IommufdDevice Device { get; }

    /// <summary>The PASID.</summary>
    public Pasid Pasid { get; }

    /// <summary>The page table.</summary>
    public Hwpt Hwpt { get; private set; }

    /// <summary>Whether this object still stands for an attachment.</summary>
    public bool IsAttached { get; private set; } = true;

    /// <summary>Attaches the PASID to another page table in place of this one, without a moment in which it is attached to none.</summary>
    /// <param name="hwpt">The page table, of the same context, made with <see cref="HwptFlags.Pasid"/>.</param>
    /// <remarks><c>VFIO_DEVICE_ATTACH_IOMMUFD_PT</c> with <c>VFIO_DEVICE_ATTACH_PASID</c>.</remarks>
    /// <exception cref="ArgumentException">The page table belongs to another context, or was not made for PASIDs.</exception>
    /// <exception cref="InvalidOperationException">It is detached already.</exception>
    /// <exception cref="Devices.Linux.LinuxException">As for <see cref="IommufdDevice.AttachPasid"/>; it stays attached as it was.</exception>
    public void Replace(Hwpt hwpt)
    {
        ThrowIfDetached();
        var use = Device.AttachTo(hwpt, Pasid);
        _use.Dispose();
        (_use, Hwpt) = (use, hwpt);
    }

    /// <summary>Detaches the PASID: DMA with it is blocked from then on.</summary>
    /// <remarks><c>VFIO_DEVICE_DETACH_IOMMUFD_PT</c> with <c>VFIO_DEVICE_DETACH_PASID</c>.</remarks>
    /// <exception cref="InvalidOperationException">It is detached already, or the device was disposed or left.</exception>
    /// <exception cref="Devices.Linux.LinuxException">The call failed.</exception>
    public void Detach()
    {
        ThrowIfDetached();
        IommufdAttach.Detach(Device, Pasid);
        End();
    }

    /// <summary>As <see cref="Detach"/>, where it has not been detached and the device has been neither disposed nor left.</summary>
    /// <exception cref="Devices.Linux.LinuxException">The call failed.</exception>
    public void Dispose()
    {
        if (IsAttached) Detach();
    }

    /// <summary>The device's address and the PASID.</summary>
    public override string ToString() => $"{Device} PASID {Pasid}";

    internal void End()
    {
        IsAttached = false;
        _use.Dispose();
    }

    private void ThrowIfDetached()
    {
        if (!IsAttached) throw new InvalidOperationException($"{this} is not attached to {Hwpt} through this object any more.");
    }
}
