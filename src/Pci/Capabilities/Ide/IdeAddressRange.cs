namespace Devices.Pci;

/// <summary>Addresses whose traffic an IDE stream carries.</summary>
/// <param name="Valid">Whether the range counts.</param>
/// <param name="Base">The first address: a multiple of 1 MiB.</param>
/// <param name="Limit">The last address.</param>
public readonly record struct IdeAddressRange(bool Valid, ulong Base, ulong Limit);
