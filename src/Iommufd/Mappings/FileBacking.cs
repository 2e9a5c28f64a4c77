using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>Part of a memfd.</summary>
/// <param name="File">The memfd.</param>
/// <param name="Offset">Where the part starts in it, in bytes.</param>
public sealed record FileBacking(MemFd File, long Offset) : DmaBacking;
