using Devices.Iommufd;

namespace Devices.Vfio;

/// <summary>A device attached to an address space of the iommufd that it is bound to.</summary>
public sealed class IoasAttachment : DmaAttachment, IDisposable
{
    private IommuObjectUse _use;

    internal IoasAttachment(IommufdDevice device, Ioas ioas, Hwpt? hwpt, IommuObjectUse use)
    {
        Device = device;
        Ioas = ioas;
        Hwpt = hwpt;
        _use = use;
    }

    /// <summary>The device.</summary>
    public override IommufdDevice Device { get; }

    /// <summary>The address space. Through a <see cref="NestedHwpt"/> its IOVAs are what the guest's page table puts out, not what the device uses.</summary>
    public Ioas Ioas { get; private set; }

    /// <summary>The page table that the device was attached to; null where the kernel chose one for the address space.</summary>
    public Hwpt? Hwpt { get; private set; }

    /// <inheritdoc/>
    public override IDmaMapper Mapper => Ioas;

    /// <summary>Attaches the device to another page table in place of this one, without a moment in which it is attached to none.</summary>
    /// <param name="hwpt">The page table, of the same context.</param>
    /// <remarks><c>VFIO_DEVICE_ATTACH_IOMMUFD_PT</c>.</remarks>
    /// <exception cref="ArgumentException">The page table belongs to another context.</exception>
    /// <exception cref="InvalidOperationException">It is detached already.</exception>
    /// <exception cref="Devices.Linux.LinuxException">As for <see cref="IommufdDevice.Attach(Devices.Iommufd.Hwpt)"/>; it stays attached as it was.</exception>
    public void Replace(Hwpt hwpt)
    {
        Change(hwpt);
        (Ioas, Hwpt) = (hwpt.Ioas, hwpt);
    }

    /// <summary>Attaches the device to another address space in place of this one, without a moment in which it is attached to none.</summary>
    /// <param name="ioas">The address space, of the same context.</param>
    /// <remarks><c>VFIO_DEVICE_ATTACH_IOMMUFD_PT</c>.</remarks>
    /// <exception cref="ArgumentException">The address space belongs to another context.</exception>
    /// <exception cref="InvalidOperationException">It is detached already.</exception>
    /// <exception cref="Devices.Linux.LinuxException">As for <see cref="IommufdDevice.Attach(Devices.Iommufd.Ioas)"/>; it stays attached as it was.</exception>
    public void Replace(Ioas ioas)
    {
        Change(ioas);
        (Ioas, Hwpt) = (ioas, null);
    }

    /// <summary>Detaches the device: its DMA is blocked from then on, whoever else holds the device.</summary>
    /// <remarks><c>VFIO_DEVICE_DETACH_IOMMUFD_PT</c>.</remarks>
    /// <exception cref="InvalidOperationException">It is detached already, or the device was disposed or left.</exception>
    /// <exception cref="Devices.Linux.LinuxException">The call failed.</exception>
    public void Detach()
    {
        ThrowIfDetached();
        IommufdAttach.Detach(Device);
        End();
    }

    /// <summary>As <see cref="Detach"/>, where it has not been detached and the device has been neither disposed nor left.</summary>
    /// <exception cref="Devices.Linux.LinuxException">The call failed.</exception>
    public void Dispose()
    {
        if (IsAttached) Detach();
    }

    internal override void End()
    {
        base.End();
        _use.Dispose();
    }

    private void Change(IommuObject target)
    {
        ThrowIfDetached();
        var use = IommufdAttach.Attach(Device, Device.Context, target);
        _use.Dispose();
        _use = use;
    }

    private void ThrowIfDetached()
    {
        if (!IsAttached) throw new InvalidOperationException($"{Device.Name} is not attached to {Ioas} through this object any more.");
    }
}
