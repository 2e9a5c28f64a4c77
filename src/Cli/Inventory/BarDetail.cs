using Devices.Pci;

namespace Devices.Cli;

/// <summary>An address range of a device.</summary>
/// <param name="Name"><c>bar0</c> to <c>bar5</c>, <c>rom</c>, <c>vf_bar0</c> to <c>vf_bar5</c>, <c>window0</c> to <c>window3</c>.</param>
/// <param name="Kind"><c>memory</c> or <c>io</c>.</param>
/// <param name="Start">The first address, hexadecimal; null where the kernel found none.</param>
/// <param name="Size">Its size in bytes; null for one out of a dump, where nothing tells it.</param>
/// <param name="Is64Bit">Whether it is a 64-bit BAR.</param>
/// <param name="Prefetchable">Whether reads have no side effects.</param>
internal sealed record BarDetail(string Name, string Kind, string? Start, ulong? Size, bool Is64Bit, bool Prefetchable)
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

    /// <summary>The BARs that a header says; one that is zero is none, or was not assigned.</summary>
    internal static IReadOnlyList<BarDetail> Of(PciHeader header)
    {
        const uint IoBit = 1;
        const uint SixtyFourBits = 4;
        const uint PrefetchableBit = 8;
        var found = new List<BarDetail>();
        var registers = header.BaseAddresses;
        for (var index = 0; index < registers.Count; index++)
        {
            var low = registers[index];
            if ((low & IoBit) != 0)
            {
                found.Add(new BarDetail($"bar{index}", "io", $"0x{low & ~3u:x}", null, false, false));
                continue;
            }

            var is64Bit = (low & 6) == SixtyFourBits && index + 1 < registers.Count;
            var start = (low & ~0xFul) | (is64Bit ? (ulong)registers[index + 1] << 32 : 0);
            if (low != 0 || start != 0)
                found.Add(new BarDetail($"bar{index}", "memory", start == 0 ? null : $"0x{start:x}", null, is64Bit, (low & PrefetchableBit) != 0));
            if (is64Bit)
                index++;
        }

        return found;
    }
}
