using Devices.Pci;

namespace Devices.Drivers;

/// <summary>A device did not do what its driver asked of it. The message begins with the device's address.</summary>
public class DeviceException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="device">The device.</param>
    /// <param name="message">What went wrong and, where it helps, the way out; without the address.</param>
    /// <param name="inner">What caused it, or null.</param>
    public DeviceException(PciAddress device, string message, Exception? inner = null)
        : base($"{device}: {message}", inner)
    {
        Device = device;
    }

    /// <summary>The device.</summary>
    public PciAddress Device { get; }
}
