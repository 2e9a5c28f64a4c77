using Devices.Iommufd;

namespace Devices.Cli;

/// <summary>Memory to create and to map for devices.</summary>
/// <param name="Length">In bytes, a multiple of the page size.</param>
/// <param name="Iova">Where the devices see it, page-aligned.</param>
internal readonly record struct NewMemory(ulong Length, Iova Iova);
