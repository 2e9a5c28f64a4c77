using System.Diagnostics;
using Devices.Bench.Measuring;
using Devices.Iommufd;
using Devices.Linux;

namespace Devices.Bench.Figures;

/// <summary>1 GiB, faulted in beforehand, mapped for a device and unmapped again: by memfd and by memory, of 4 KiB and of huge pages.</summary>
internal static class MapFigure
{
    private const long Gib = 1L << 30;
    private static readonly Iova At = new(4UL << 30);

    internal static void Measure(Action<string, double> report)
    {
        using var context = IommuContext.Open();
        using var device = Rig.Attach(Rig.Edu, context).Device;
        var ioas = (Ioas)device.Attachment!.Mapper;
        foreach (var huge in (ReadOnlySpan<bool>)[false, true])
        {
            var pages = huge ? "huge pages" : "4 KiB pages";
            using (var memory = Filled(MemoryMapping.Anonymous((nuint)Gib), huge))
                MapAndUnmap($"memory, {pages}", () => ioas.Map(memory, At, DmaAccess.ReadWrite), report);
            using var file = MemFd.Create("bench", Gib);
            using (Filled(file.Map(), huge))
                MapAndUnmap($"memfd, {pages}", () => ioas.MapFile(file, 0, (ulong)Gib, At, DmaAccess.ReadWrite), report);
        }
    }

    private static void MapAndUnmap(string what, Func<DmaMapping> map, Action<string, double> report)
    {
        map().Unmap(); // the page tables' pages are there from now on
        var start = Stopwatch.GetTimestamp();
        var mapping = map();
        var mapped = Stopwatch.GetTimestamp();
        mapping.Unmap();
        var unmapped = Stopwatch.GetTimestamp();
        report($"map {what}", 1 / Stopwatch.GetElapsedTime(start, mapped).TotalSeconds);
        report($"unmap {what}", 1 / Stopwatch.GetElapsedTime(mapped, unmapped).TotalSeconds);
    }

    private static MemoryMapping Filled(MemoryMapping memory, bool huge)
    {
        memory.Advise(huge ? MemoryAdvice.HugePage : MemoryAdvice.NoHugePage);
        memory.Advise(MemoryAdvice.PopulateWrite);
        return memory;
    }
}
