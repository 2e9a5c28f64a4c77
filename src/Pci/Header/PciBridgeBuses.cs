namespace Devices.Pci;

/// <summary>The buses of a bridge (header type 1).</summary>
/// <param name="Primary">The bus it is on.</param>
/// <param name="Secondary">The bus right behind it.</param>
/// <param name="Subordinate">The highest bus behind it.</param>
public readonly record struct PciBridgeBuses(byte Primary, byte Secondary, byte Subordinate);
