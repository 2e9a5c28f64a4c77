using Devices.Pci;

namespace Devices.Drivers;

/// <summary>The device reports that it has failed, or broke its protocol: only a reset brings it back.</summary>
public sealed class DeviceFailedException : DeviceException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="device">The device.</param>
    /// <param name="message">What it reports or did.</param>
    public DeviceFailedException(PciAddress device, string message)
        : base(device, message)
    {
    }
}
