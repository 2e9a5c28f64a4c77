namespace Devices.Pci;

/// <summary>A register of a layout.</summary>
/// <param name="Offset">Its offset in bytes from the start of configuration space.</param>
/// <param name="Width">Its width: 1, 2 or 4 bytes.</param>
/// <param name="Name">Its name: <c>Header Type</c>, <c>PCI Express: Link Capabilities</c>.</param>
/// <param name="Value">Its value, where it is constant; else null: each function has its own.</param>
public sealed record InventoryRegister(int Offset, int Width, string Name, uint? Value);
