using Devices.Pci;

namespace Devices.Drivers;

/// <summary>The device answers reads with all ones: it was removed, lost its link or power, or its memory decode is off.</summary>
public sealed class DeviceGoneException : DeviceException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="device">The device.</param>
    /// <param name="register">The register that read as all ones.</param>
    public DeviceGoneException(PciAddress device, string register)
        : base(device, $"{register} reads as all ones: the device is gone, has no link or power, or does not decode memory (Memory Space Enable in Command).")
    {
        Register = register;
    }

    /// <summary>The register that read as all ones.</summary>
    public string Register { get; }
}
