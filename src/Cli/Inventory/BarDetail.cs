using Devices.Pci;

namespace Devices.Cli;

/// <summary>An address range of a device.</summary>
/// <param name="Name"><c>bar0</c> to <c>bar5</c>, <c>rom</c>, <c>vf_bar0</c> to <c>vf_bar5</c>, <c>window0</c> to <c>window3</c>.</param>
/// <param name="Kind"><c>memory</c> or <c>io</c>.</param>
/// <param name="Start">The first address, hexadecimal; null where the kernel found none.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Is64Bit">Whether it is a 64-bit BAR.</param>
/// <param name="Prefetchable">Whether reads have no side effects.</param>
internal sealed record BarDetail(string Name, string Kind, string? Start, ulong Size, bool Is64Bit, bool Prefetchable)
{
    internal static BarDetail Of(PciResource resource) => new(
        resource.Kind switch
        {
            PciResourceKind.Bar => $"bar{resource.Index}",
            PciResourceKind.ExpansionRom => "rom",
            PciResourceKind.VfBar => $"vf_bar{resource.Index}",
            _ => $"window{resource.Index}",
        },
        resource.IsIo ? "io" : "memory",
        resource.IsAssigned ? $"0x{resource.Start:x}" : null,
        resource.Size,
        resource.Is64Bit,
        resource.IsPrefetchable);
}
