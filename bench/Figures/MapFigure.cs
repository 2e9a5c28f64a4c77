using System.Diagnostics;
using Devices.Bench.Measuring;
using Devices.Iommufd;
using Devices.Linux;

namespace Devices.Bench.Figures;

/// <summary>1 GiB, faulted in beforehand, mapped for a device and unmapped again: by memfd and by memory, of 4 KiB and of huge pages.</summary>
internal static class MapFigure
{
    private const long Gib = 1L << 30;

    // As often as the peer: in the median neither what is compiled at first use counts nor what the other CPU does.
    private const int Times = 9;

    private const string Memory = "memory";
    private const string File = "memfd";
    private const string SmallPages = "4 KiB pages";
    private const string HugePages = "huge pages";
    private static readonly Iova At = new(4UL << 30);

    internal static IReadOnlyList<string> Cases { get; } =
        [.. from pages in new[] { SmallPages, HugePages } from kind in new[] { Memory, File } from call in new[] { "map", "unmap" } select $"{call} {kind}, {pages}"];

    internal static void Measure(Action<string, double> report)
    {
        using var context = IommuContext.Open();
        using var device = Rig.Attach(Rig.Edu, context).Device;
        var ioas = (Ioas)device.Attachment!.Mapper;
        foreach (var huge in (ReadOnlySpan<bool>)[false, true])
        {
            var pages = huge ? HugePages : SmallPages;
            using (var memory = Filled(MemoryMapping.Anonymous((nuint)Gib), huge))
                MapAndUnmap($"{Memory}, {pages}", () => ioas.Map(memory, At, DmaAccess.ReadWrite), report);
            using var file = MemFd.Create("bench", Gib);
            using (Filled(file.Map(), huge))
                MapAndUnmap($"{File}, {pages}", () => ioas.MapFile(file, 0, (ulong)Gib, At, DmaAccess.ReadWrite), report);
        }
    }

    private static void MapAndUnmap(string what, Func<DmaMapping> map, Action<string, double> report)
    {
        map().Unmap(); // the page tables' pages are there from now on
        var (mapping, unmapping) = (new double[Times], new double[Times]);
        for (var i = 0; i < Times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var mapped = map();
            mapping[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            start = Stopwatch.GetTimestamp();
            mapped.Unmap();
            unmapping[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        report($"map {what}", 1 / Spread.Of(mapping).Median);
        report($"unmap {what}", 1 / Spread.Of(unmapping).Median);
    }

    private static MemoryMapping Filled(MemoryMapping memory, bool huge)
    {
        memory.Advise(huge ? MemoryAdvice.HugePage : MemoryAdvice.NoHugePage);
        memory.Advise(MemoryAdvice.PopulateWrite);
        return memory;
    }
}
