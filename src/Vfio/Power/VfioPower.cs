using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>
/// Low power under the platform's control (runtime power management), deeper than what the device's own power management register
/// reaches. For one owner.
/// </summary>
/// <remarks>
/// Entry is a permission: whether and when the device goes to sleep is the kernel's, which tells in sysfs (<c>power/runtime_status</c>).
/// Any access through VFIO wakes it up. Mapped BARs cannot be touched meanwhile (SIGBUS), so there may be none, and dma-bufs of its
/// BARs are revoked.
/// </remarks>
public sealed class VfioPower
{
    private readonly VfioDevice _device;

    internal VfioPower(VfioDevice device) => _device = device;

    /// <summary>
    /// Whether low power was entered through this object and not left through it: BARs cannot be mapped. What another holder of the
    /// device entered is not known here.
    /// </summary>
    public bool MayBeLow { get; private set; }

    /// <summary>Lets the device enter low power again and again, after each access that woke it up, until <see cref="ExitLowPower"/>.</summary>
    /// <remarks><c>VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY</c>.</remarks>
    /// <exception cref="InvalidOperationException">A BAR is mapped.</exception>
    /// <exception cref="LinuxException">EINVAL: it was entered already. ENOTTY: not supported.</exception>
    public void EnterLowPower()
    {
        CheckUnmapped();
        _device.Features.Set(VfioFeature.LowPowerEntry);
        MayBeLow = true;
        _device.Announce(ConfigSpaceEvent.PowerLost);
    }

    /// <summary>
    /// Lets the device enter low power once. When it went to sleep and was woken up, by an access or by itself (PME), the eventfd is
    /// signalled and it stays awake; an access that finds it awake still signals nothing.
    /// </summary>
    /// <param name="wakeUp">Signalled on the wake-up; it stays the caller's, and the kernel keeps what it needs of it.</param>
    /// <remarks>
    /// <c>VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP</c>. After the wake-up low power can be entered again; before BARs are mapped,
    /// <see cref="ExitLowPower"/> is needed in any case.
    /// </remarks>
    /// <exception cref="InvalidOperationException">A BAR is mapped.</exception>
    /// <exception cref="LinuxException">EINVAL: it was entered already and nothing woke the device up. ENOTTY: not supported.</exception>
    public void EnterLowPower(EventFd wakeUp)
    {
        ArgumentNullException.ThrowIfNull(wakeUp);
        CheckUnmapped();
        using var lease = wakeUp.Fd.Lease();
        var entry = new vfio_device_low_power_entry_with_wakeup { wakeup_eventfd = lease.Number };
        var errno = _device.Features.TrySet(VfioFeature.LowPowerEntryWithWakeup, ref entry);
        if (errno != Errno.None) throw _device.Features.Failure(VfioFeature.LowPowerEntryWithWakeup, errno);
        MayBeLow = true;
        _device.Announce(ConfigSpaceEvent.PowerLost);
    }

    /// <summary>Keeps the device awake from now on, and wakes it up if it sleeps. Doing it where nothing was entered changes nothing.</summary>
    /// <remarks><c>VFIO_DEVICE_FEATURE_LOW_POWER_EXIT</c>.</remarks>
    /// <exception cref="LinuxException">ENOTTY: not supported.</exception>
    public void ExitLowPower()
    {
        _device.Features.Set(VfioFeature.LowPowerExit);
        MayBeLow = false;
        _device.Announce(ConfigSpaceEvent.PowerLost);
    }

    private void CheckUnmapped()
    {
        _device.ThrowIfEnded();
        if (_device.HasMappings)
            throw new InvalidOperationException($"{_device.Name} cannot enter low power while a BAR is mapped: the next access would raise SIGBUS. Dispose the mappings first.");
    }
}
