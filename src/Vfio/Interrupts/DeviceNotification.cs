using Devices.Linux;

namespace Devices.Vfio;

/// <summary>A message of the kernel about a device: an uncorrectable error, or the request to give the device up. For one owner.</summary>
public sealed class DeviceNotification : InterruptSource
{
    internal DeviceNotification(VfioDevice device, int index, string kind)
        : base(device, index, kind)
    {
    }

    /// <summary>Arms it, or gives it another eventfd.</summary>
    /// <param name="eventFd">Signalled on the event; it stays the caller's.</param>
    /// <remarks><c>VFIO_DEVICE_SET_IRQS</c> with <c>DATA_EVENTFD | ACTION_TRIGGER</c>.</remarks>
    /// <exception cref="LinuxException">The call failed.</exception>
    public void Enable(EventFd eventFd)
    {
        ArgumentNullException.ThrowIfNull(eventFd);
        SetEventFds(vfio_irq_set_flags.VFIO_IRQ_SET_ACTION_TRIGGER, 0, [eventFd]);
        IsEnabled = true;
    }

    /// <summary>Signals the eventfd as if the event had happened.</summary>
    /// <remarks><c>VFIO_DEVICE_SET_IRQS</c> with <c>DATA_NONE | ACTION_TRIGGER</c>: the kernel's loopback.</remarks>
    /// <exception cref="InvalidOperationException">It is not enabled.</exception>
    /// <exception cref="LinuxException">The call failed.</exception>
    public void Trigger()
    {
        Device.ThrowIfEnded();
        if (!IsEnabled) throw new InvalidOperationException($"{Subject} is not enabled.");
        Set(Triggering(vfio_irq_set_flags.VFIO_IRQ_SET_DATA_NONE), 0, 1);
    }
}
