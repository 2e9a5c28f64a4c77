namespace Devices.Vfio;

/// <summary>All interrupts of a device. For one owner.</summary>
public sealed class VfioInterrupts
{
    private readonly InterruptSource[] _all;
    private bool _inherited;

    internal VfioInterrupts(VfioDevice device, bool inherited)
    {
        _inherited = inherited;
        Intx = new IntxInterrupt(device);
        Msi = new InterruptVectors(device, VfioConstants.VFIO_PCI_MSI_IRQ_INDEX, "MSI");
        Msix = new InterruptVectors(device, VfioConstants.VFIO_PCI_MSIX_IRQ_INDEX, "MSI-X");
        Error = new DeviceNotification(device, VfioConstants.VFIO_PCI_ERR_IRQ_INDEX, "error notification");
        Request = new DeviceNotification(device, VfioConstants.VFIO_PCI_REQ_IRQ_INDEX, "request notification");
        _all = [Intx, Msi, Msix, Error, Request];
    }

    /// <summary>The interrupt line.</summary>
    public IntxInterrupt Intx { get; }

    /// <summary>MSI.</summary>
    public InterruptVectors Msi { get; }

    /// <summary>MSI-X.</summary>
    public InterruptVectors Msix { get; }

    /// <summary>An uncorrectable error was reported by the device (AER).</summary>
    public DeviceNotification Error { get; }

    /// <summary>The kernel wants the device back: it is being unbound or removed, and that waits until every holder has closed it.</summary>
    public DeviceNotification Request { get; }

    /// <summary>
    /// Disarms everything, also what an earlier holder of the device armed, whose eventfds may be gone with it. Enabling on a device taken
    /// over by <see cref="VfioCdev.AdoptBound"/> does this first.
    /// </summary>
    /// <remarks><c>VFIO_DEVICE_SET_IRQS</c>, count 0, for each index.</remarks>
    /// <exception cref="Devices.Linux.LinuxException">A call failed.</exception>
    public void DisableAll()
    {
        foreach (var source in _all)
        {
            // Without such interrupts the kernel answers EINVAL, as it does when they are not armed.
            source.DisableInherited();
        }

        _inherited = false;
    }

    internal void BeforeEnabling(InterruptSource source)
    {
        foreach (var other in (ReadOnlySpan<InterruptSource>)[Intx, Msi, Msix])
        {
            if (!other.IsEnabled) continue;
            throw new InvalidOperationException(ReferenceEquals(other, source)
                ? "These interrupts are enabled already: disable them first, or change one vector."
                : "Another kind of interrupt is enabled: disable it first.");
        }

        if (!_inherited) return;
        foreach (var other in (ReadOnlySpan<InterruptSource>)[Intx, Msi, Msix]) other.DisableInherited();
        _inherited = false;
    }

    internal void DisableOwn()
    {
        foreach (var source in _all) source.Disable();
    }
}
