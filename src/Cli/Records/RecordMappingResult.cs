namespace Devices.Cli;

/// <summary>A DMA mapping in a state record.</summary>
/// <param name="Space">The address space's number within the record.</param>
/// <param name="Iova">The first address, hexadecimal.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Memory">The memory behind it.</param>
/// <param name="Offset">Where it begins in that.</param>
/// <param name="Access"><c>read</c>, <c>write</c> or <c>read_write</c>: what the devices may do.</param>
internal sealed record RecordMappingResult(uint Space, string Iova, ulong Length, string Memory, ulong Offset, string Access);
