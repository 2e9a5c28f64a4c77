using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>Part of a dma-buf: another device's registers or memory.</summary>
/// <param name="Buffer">The dma-buf, which stays its owner's.</param>
/// <param name="Offset">Where the part starts in it, in bytes.</param>
public sealed record DmaBufBacking(FileDescriptor Buffer, ulong Offset) : DmaBacking;
