namespace Devices.Preservation;

/// <summary>A register whose compared bits are not what they were before the jump.</summary>
/// <param name="Offset">Offset in configuration space, in bytes.</param>
/// <param name="Width">Its width in bytes.</param>
/// <param name="Saved">What it was, compared bits only.</param>
/// <param name="Found">What it is, compared bits only.</param>
/// <param name="Register">The register's name.</param>
public sealed record ConfigDifference(int Offset, int Width, uint Saved, uint Found, string Register)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Register} (0x{Offset:x3}): saved 0x{Saved:x}, found 0x{Found:x}";
}
