using Devices.Linux;

namespace Devices.Vfio;

/// <summary>
/// The interrupt line of a device (INTx), delivered to an eventfd. When it fires the kernel masks it; after the device was served,
/// <see cref="Unmask"/> lets it fire again. For one owner.
/// </summary>
public sealed class IntxInterrupt : InterruptSource
{
    internal IntxInterrupt(VfioDevice device)
        : base(device, VfioConstants.VFIO_PCI_INTX_IRQ_INDEX, "INTx")
    {
    }

    /// <summary>Whether the device has an interrupt pin.</summary>
    public bool IsAvailable => Info.Count > 0;

    /// <summary>Arms it, or gives it another eventfd.</summary>
    /// <param name="eventFd">Signalled when the line is asserted; it stays the caller's.</param>
    /// <remarks><c>VFIO_DEVICE_SET_IRQS</c> with <c>DATA_EVENTFD | ACTION_TRIGGER</c>.</remarks>
    /// <exception cref="NotSupportedException">The device has no interrupt pin.</exception>
    /// <exception cref="InvalidOperationException">Another kind of interrupt is armed.</exception>
    /// <exception cref="LinuxException">ENODEV: the pin is not connected. EBUSY: the line is shared with a driver that does not share.</exception>
    public void Enable(EventFd eventFd)
    {
        ArgumentNullException.ThrowIfNull(eventFd);
        if (!IsAvailable) throw new NotSupportedException($"{Device.Name} has no interrupt pin.");
        if (!IsEnabled) Device.Interrupts.BeforeEnabling(this);
        SetEventFds(vfio_irq_set_flags.VFIO_IRQ_SET_ACTION_TRIGGER, 0, [eventFd]);
        IsEnabled = true;
    }

    /// <summary>Keeps the line from firing.</summary>
    /// <remarks><c>VFIO_DEVICE_SET_IRQS</c> with <c>DATA_NONE | ACTION_MASK</c>.</remarks>
    /// <exception cref="InvalidOperationException">It is not enabled.</exception>
    /// <exception cref="LinuxException">The call failed.</exception>
    public void Mask() => Act(vfio_irq_set_flags.VFIO_IRQ_SET_ACTION_MASK);

    /// <summary>Lets the line fire again; if it is still asserted it does at once.</summary>
    /// <remarks><c>VFIO_DEVICE_SET_IRQS</c> with <c>DATA_NONE | ACTION_UNMASK</c>.</remarks>
    /// <exception cref="InvalidOperationException">It is not enabled.</exception>
    /// <exception cref="LinuxException">The call failed.</exception>
    public void Unmask() => Act(vfio_irq_set_flags.VFIO_IRQ_SET_ACTION_UNMASK);

    /// <summary>Has an eventfd unmask the line whenever it is signalled (resample), which spares a system call.</summary>
    /// <param name="eventFd">The eventfd, or null to stop.</param>
    /// <remarks><c>VFIO_DEVICE_SET_IRQS</c> with <c>DATA_EVENTFD | ACTION_UNMASK</c>.</remarks>
    /// <exception cref="InvalidOperationException">It is not enabled.</exception>
    /// <exception cref="LinuxException">EBUSY: another eventfd does that already.</exception>
    public void UnmaskOn(EventFd? eventFd)
    {
        ThrowIfDisabled();
        SetEventFds(vfio_irq_set_flags.VFIO_IRQ_SET_ACTION_UNMASK, 0, [eventFd]);
    }

    /// <summary>Signals the eventfd as if the line had been asserted; it is not masked by that.</summary>
    /// <remarks><c>VFIO_DEVICE_SET_IRQS</c> with <c>DATA_NONE | ACTION_TRIGGER</c>: the kernel's loopback.</remarks>
    /// <exception cref="InvalidOperationException">It is not enabled.</exception>
    /// <exception cref="LinuxException">The call failed.</exception>
    public void Trigger() => Act(vfio_irq_set_flags.VFIO_IRQ_SET_ACTION_TRIGGER);

    private void Act(vfio_irq_set_flags action)
    {
        ThrowIfDisabled();
        Set(vfio_irq_set_flags.VFIO_IRQ_SET_DATA_NONE | action, 0, 1);
    }

    private void ThrowIfDisabled()
    {
        Device.ThrowIfEnded();
        if (!IsEnabled) throw new InvalidOperationException($"{Subject} is not enabled.");
    }
}
