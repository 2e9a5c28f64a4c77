namespace Devices.Cli;

/// <summary>A register of a layout.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Offset">Its offset, hexadecimal.</param>
/// <param name="Width">Its width in bytes: 1, 2 or 4.</param>
/// <param name="Value">Its value, hexadecimal, or null where it is each function's own.</param>
internal sealed record InventoryRegisterDetail(string Name, string Offset, int Width, string? Value);
