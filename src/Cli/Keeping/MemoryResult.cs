namespace Devices.Cli;

/// <summary>Memory that is kept, or would be.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Iova">Where the devices see it, hexadecimal; null where it is not mapped for them, or may be anywhere yet.</param>
internal sealed record MemoryResult(string Name, ulong Length, string? Iova);
