using Devices.Iommufd;

namespace Devices.Preservation;

/// <summary>A DMA mapping in a state record.</summary>
/// <param name="Space">The number of its address space within the record.</param>
/// <param name="Range">Where the devices see it.</param>
/// <param name="Memory">The name of the memory behind it.</param>
/// <param name="Offset">Where it begins in that, in bytes.</param>
/// <param name="Access">What the devices may do.</param>
public sealed record RecordedMapping(uint Space, IovaRange Range, string Memory, ulong Offset, DmaAccess Access);
