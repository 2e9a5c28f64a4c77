namespace Devices.Pci;

/// <summary>A register that is not as it was saved.</summary>
/// <param name="Offset">Its offset in bytes from the start of configuration space.</param>
/// <param name="Width">Its width: 1, 2 or 4 bytes.</param>
/// <param name="Saved">The value that was saved.</param>
/// <param name="Found">The value that was found.</param>
/// <param name="Register">Its name: <c>Command</c>, <c>PCI Express: Device Control</c>, <c>MSI-X+0x02</c>, <c>0x0f0</c>.</param>
/// <param name="Capability">The capability it belongs to, or null for the header and what belongs to none.</param>
public readonly record struct ConfigSpaceDifference(int Offset, int Width, uint Saved, uint Found, string Register, PciCapability? Capability)
{
    /// <summary>The bits that differ.</summary>
    public uint ChangedBits => Saved ^ Found;

    /// <summary>The difference in words: <c>PCI Express: Device Control (0x088): saved 0x2810, found 0x2010</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var digits = $"x{2 * Width}";
        return $"{Register} (0x{Offset:x3}): saved 0x{Saved.ToString(digits)}, found 0x{Found.ToString(digits)}";
    }
}
