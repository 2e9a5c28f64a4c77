namespace Devices.Cli;

/// <summary>Memory that is kept.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Iova">Where the devices see it, hexadecimal; null where it is not mapped for them.</param>
internal sealed record MemoryResult(string Name, ulong Length, string? Iova);
