namespace Devices.Cli;

/// <summary>A dword that was read through the cache.</summary>
/// <param name="Offset">Its offset, hexadecimal.</param>
/// <param name="Name">The names of the registers in it.</param>
/// <param name="Hits">Reads that cost the device nothing.</param>
/// <param name="Misses">Reads of what can be kept that went to the device.</param>
/// <param name="Uncached">Reads of what cannot be kept.</param>
internal sealed record ConfigMapDword(string Offset, string Name, long Hits, long Misses, long Uncached);
