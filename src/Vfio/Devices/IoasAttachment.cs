using Devices.Iommufd;

namespace Devices.Vfio;

/// <summary>A device attached to an address space of the iommufd that it is bound to.</summary>
public sealed class IoasAttachment : DmaAttachment, IDisposable
{
    internal IoasAttachment(IommufdDevice device, Ioas ioas)
    {
        Device = device;
        Ioas = ioas;
    }

    /// <summary>The device.</summary>
    public override IommufdDevice Device { get; }

    /// <summary>The address space.</summary>
    public Ioas Ioas { get; }

    /// <inheritdoc/>
    public override IDmaMapper Mapper => Ioas;

    /// <summary>Detaches the device: its DMA is blocked from then on, whoever else holds the device.</summary>
    /// <remarks><c>VFIO_DEVICE_DETACH_IOMMUFD_PT</c>.</remarks>
    /// <exception cref="InvalidOperationException">It is detached already, or the device was disposed or left.</exception>
    /// <exception cref="Devices.Linux.LinuxException">The call failed.</exception>
    public void Detach()
    {
        if (!IsAttached) throw new InvalidOperationException($"{Device.Address} is not attached to {Ioas} through this object any more.");
        Device.Detach();
        End();
    }

    /// <summary>As <see cref="Detach"/>, where it has not been detached and the device has been neither disposed nor left.</summary>
    /// <exception cref="Devices.Linux.LinuxException">The call failed.</exception>
    public void Dispose()
    {
        if (IsAttached) Detach();
    }
}
