using System.Diagnostics;
using Devices.Bench.Measuring;
using Devices.Pci;

namespace Devices.Bench.Figures;

/// <summary>An inventory of a machine with many VFs: what it asks of the hardware, by the kernel's count, and how long it takes.</summary>
internal static class InventoryFigure
{
    internal const string Cold = "hardware dwords per VF, cold";
    internal const string StatusSurplus = "with status, beyond cold and the volatile dwords";
    internal const string Status = "hardware dwords per VF, with status";
    internal const string MadeAnew = "hardware dwords per VF, from the store, VFs made anew";
    internal const string Unchanged = "hardware dwords of what is no VF, from the store";
    internal const string TimeFirst = "time, first in the process";
    internal const string TimeAgain = "time, again";
    internal const string TimeOfCommand = "time of the command";

    private static readonly string[] s_cases = [TimeFirst, TimeAgain, TimeOfCommand];

    internal static void Measure(Action<string, double> report)
    {
        report(TimeFirst, Milliseconds(static () => PciInventory.Take()));
        report(TimeAgain, Milliseconds(static () => PciInventory.Take()));
        report(TimeOfCommand, Milliseconds(static () => MeasuringProcess.RunSilently("devkeep", "inventory", "--no-store")));

        double vfs = GuestVfs.All.Count;
        var cold = ConfigReads.During(static () => PciInventory.Take());
        report(Cold, cold / vfs);
        PciInventory inventory = null!;
        var status = ConfigReads.During(() => inventory = PciInventory.Take(new InventoryOptions { Status = true }));
        report(Status, status / vfs);
        report(StatusSurplus, status - cold - inventory.Functions.Sum(VolatileDwords));

        var store = new ConfigCacheStore();
        PciInventory.Take(new InventoryOptions { Store = store });
        GuestVfs.MakeAnew();
        var warm = ConfigReads.During(() => inventory = PciInventory.Take(new InventoryOptions { Store = store }));
        report(MadeAnew, warm / vfs);
        report(Unchanged, warm - inventory.Reads.VfDwords);
    }

    /// <summary>The command lspci, which is its own process each time.</summary>
    internal static void MeasurePeer(Action<string, double> report)
    {
        var time = Milliseconds(Lspci.Run);
        foreach (var one in s_cases) report(one, time);
        var dwords = ConfigReads.During(Lspci.Run) / (double)GuestVfs.All.Count;
        foreach (var one in (ReadOnlySpan<string>)[Cold, Status, MadeAnew]) report(one, dwords);
    }

    private static long VolatileDwords(InventoryFunction function)
        => function.Layout is { } layout ? layout.Status.Select(static register => register.Offset / sizeof(uint)).Distinct().LongCount() : 0;

    private static double Milliseconds(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
