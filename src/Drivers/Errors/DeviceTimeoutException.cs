using Devices.Pci;

namespace Devices.Drivers;

/// <summary>
/// The device did not do something in time. A <see cref="TimeoutException"/>, as <see cref="Devices.Vfio.IKeepableDriver"/> promises, and
/// therefore no <see cref="DeviceException"/>.
/// </summary>
public sealed class DeviceTimeoutException : TimeoutException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="device">The device.</param>
    /// <param name="awaited">What was waited for, as a clause: "CSTS.RDY to become 1".</param>
    /// <param name="limit">How long.</param>
    /// <param name="found">What was there instead, as a sentence, or null.</param>
    public DeviceTimeoutException(PciAddress device, string awaited, TimeSpan limit, string? found = null)
        : base($"{device}: waited {limit.TotalSeconds:0.###} s for {awaited}.{(found is null ? "" : " " + found)}")
    {
        Device = device;
        Awaited = awaited;
        Limit = limit;
    }

    /// <summary>The device.</summary>
    public PciAddress Device { get; }

    /// <summary>What was waited for.</summary>
    public string Awaited { get; }

    /// <summary>How long.</summary>
    public TimeSpan Limit { get; }
}
