namespace Devices.Preservation;

/// <summary>Bits of one register and who owns them.</summary>
/// <param name="Name">The register's name in the specification.</param>
/// <param name="Offset">Offset in configuration space, in bytes.</param>
/// <param name="Width">1, 2 or 4 bytes; the offset is a multiple of it.</param>
/// <param name="Mask">The bits.</param>
/// <param name="Owner">Who brings them back.</param>
internal readonly record struct OwnedBits(string Name, int Offset, int Width, uint Mask, RegisterOwner Owner);
