using Devices.Pci;

namespace Devices.Drivers;

/// <summary>
/// The device, or the memory that it works on, is not as it was saved: it cannot be continued. Nothing was written to it.
/// </summary>
public sealed class DeviceMismatchException : DeviceException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="device">The device.</param>
    /// <param name="field">The register or field that differs.</param>
    /// <param name="saved">Its value when the state was saved.</param>
    /// <param name="found">Its value now.</param>
    /// <param name="meaning">What that means, as a sentence, or null.</param>
    public DeviceMismatchException(PciAddress device, string field, ulong saved, ulong found, string? meaning = null)
        : base(device, $"{field} was 0x{saved:x} when the state was saved and is 0x{found:x} now.{(meaning is null ? "" : " " + meaning)}")
    {
        Field = field;
        Saved = saved;
        Found = found;
    }

    /// <summary>The register or field that differs.</summary>
    public string Field { get; }

    /// <summary>Its value when the state was saved.</summary>
    public ulong Saved { get; }

    /// <summary>Its value now.</summary>
    public ulong Found { get; }
}
