namespace Devices.Pci;

/// <summary>How often a dword of a configuration space was read through its cache, as a whole or in part.</summary>
/// <param name="Offset">Its offset in bytes.</param>
/// <param name="Hits">Reads that cost the device nothing.</param>
/// <param name="Misses">Reads of what can be kept that went to the device.</param>
/// <param name="Uncached">Reads of what cannot be kept.</param>
public readonly record struct DwordReads(int Offset, long Hits, long Misses, long Uncached);
