using System.Diagnostics;
using Devices.Bench.Measuring;
using Devices.Pci;

namespace Devices.Bench.Figures;

/// <summary>What an inventory costs as VFs grow, and what the caches of all VFs take of the heap.</summary>
internal static class ScaleFigure
{
    internal const string Time = "time of an inventory";
    internal const string Dwords = "hardware dwords of an inventory";
    internal const string Memory = "heap that the caches of all VFs take";

    internal static void Measure(Action<string, double> report)
    {
        PciInventory.Take(); // what is compiled at first use is the same for any number
        var start = Stopwatch.GetTimestamp();
        PciInventory.Take();
        report(Time, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        report(Dwords, ConfigReads.During(static () => PciInventory.Take()));
        HeapOfCaches(); // types and their statics
        report(Memory, HeapOfCaches());
    }

    internal static void MeasurePeer(Action<string, double> report)
    {
        var start = Stopwatch.GetTimestamp();
        Lspci.Run();
        report(Time, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        report(Dwords, ConfigReads.During(Lspci.Run));
    }

    /// <summary>Of caches that know all constants of their VFs.</summary>
    private static long HeapOfCaches()
    {
        List<List<SysfsConfigSpace>> spaces = [.. GuestVfs.PhysicalFunctions.Select(static pf => pf.Sriov!.OpenVfs().Select(static vf => vf.OpenConfigSpace()).ToList())];
        var whole = new byte[PciRegs.PCI_CFG_SPACE_EXP_SIZE];
        var families = new List<VfConfigCaches>(spaces.Count);
        var caches = new List<CachedConfigSpace>(spaces.Sum(static of => of.Count));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var of in spaces)
        {
            var family = new VfConfigCaches(ConfigSpaceView.Raw);
            families.Add(family);
            caches.AddRange(of.Select(space => family.Add(space)));
        }

        foreach (var cache in caches) cache.Read(0, whole.AsSpan(0, cache.Length));
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(families);
        foreach (var space in spaces.SelectMany(static of => of)) space.Dispose();
        return after - before;
    }
}
