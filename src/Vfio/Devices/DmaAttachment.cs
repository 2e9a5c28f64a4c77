using Devices.Iommufd;

namespace Devices.Vfio;

/// <summary>A device that reaches the memory of an address space: what a driver that does DMA asks for.</summary>
public sealed class DmaAttachment : IDisposable
{
    internal DmaAttachment(VfioDevice device, Ioas ioas)
    {
        Device = device;
        Ioas = ioas;
    }

    /// <summary>The device.</summary>
    public VfioDevice Device { get; }

    /// <summary>The address space.</summary>
    public Ioas Ioas { get; }

    /// <summary>Whether this object still stands for an attachment.</summary>
    public bool IsAttached { get; private set; } = true;

    /// <summary>Detaches the device: its DMA is blocked from then on, whoever else holds the device.</summary>
    /// <remarks><c>VFIO_DEVICE_DETACH_IOMMUFD_PT</c>.</remarks>
    /// <exception cref="InvalidOperationException">It is detached already, or the device was disposed or left.</exception>
    /// <exception cref="Devices.Linux.LinuxException">The call failed.</exception>
    public void Detach()
    {
        if (!IsAttached) throw new InvalidOperationException($"{Device.Name} is not attached to {Ioas} through this object any more.");
        Device.Detach();
        IsAttached = false;
    }

    /// <summary>As <see cref="Detach"/>, where it has not been detached and the device has been neither disposed nor left.</summary>
    /// <exception cref="Devices.Linux.LinuxException">The call failed.</exception>
    public void Dispose()
    {
        if (IsAttached) Detach();
    }

    internal void End() => IsAttached = false;
}
