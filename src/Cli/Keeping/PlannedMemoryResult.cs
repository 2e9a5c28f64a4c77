namespace Devices.Cli;

/// <summary>Memory that an update would preserve.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Iova">Where the devices would see it, hexadecimal; null where it may be anywhere, or is not mapped for them.</param>
internal sealed record PlannedMemoryResult(string Name, ulong Length, string? Iova);
