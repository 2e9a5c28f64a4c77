using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>Memory of this process.</summary>
/// <param name="Memory">The mapping into the process, kept from being unmapped while the device can reach it.</param>
public sealed record UserMemoryBacking(MemoryMapping Memory) : DmaBacking;
