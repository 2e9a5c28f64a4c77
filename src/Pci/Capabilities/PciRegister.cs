namespace Devices.Pci;

/// <summary>A register of a capability or of the header.</summary>
/// <param name="Name">Its name in the specification: <c>Device Control</c>.</param>
/// <param name="Offset">Its offset in bytes, from the capability's first byte (in the header: from 0).</param>
/// <param name="Width">Its width: 1, 2 or 4 bytes.</param>
public readonly record struct PciRegister(string Name, int Offset, int Width);
