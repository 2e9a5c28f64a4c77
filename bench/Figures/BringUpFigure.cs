using System.Diagnostics;
using Devices.Bench.Measuring;
using Devices.Iommufd;
using Devices.Vfio;

namespace Devices.Bench.Figures;

/// <summary>All VFs opened, bound to one iommufd and attached to one address space: side by side, and one after the other.</summary>
internal static class BringUpFigure
{
    internal const string First = "open, first in the process";
    internal const string Again = "open, again";
    internal const string Close = "close";
    internal const string CloseAgain = "close, again";

    private const string SelfTest = "vfio_pci_device_init_perf_test";
    private const string WallTime = "Wall time: ";

    /// <summary>Twice in a process: at the first time the runtime loads and compiles what it takes.</summary>
    internal static void Measure(Action<string, double> report)
    {
        Bring(OpenManyOptions.DefaultParallelism, First, Close, report);
        Bring(OpenManyOptions.DefaultParallelism, Again, CloseAgain, report);
    }

    internal static void MeasureSerially(Action<string, double> report)
    {
        // Once: what the runtime does at the first open is little beside the sum.
        Bring(1, First, Close, (one, value) =>
        {
            report(one, value);
            report(one == First ? Again : CloseAgain, value);
        });
    }

    /// <summary>The kernel's own test of this. Its wall time begins when all its threads are there, and ends before it closes the devices.</summary>
    internal static void MeasureSelfTest(Action<string, double> report)
    {
        string[] arguments = ["-v", "iommufd", .. GuestVfs.All.Select(static vf => vf.Address.ToString())];
        var line = MeasuringProcess.Output(MeasuringProcess.PeerPath(SelfTest), arguments).Single(static line => line.StartsWith(WallTime, StringComparison.Ordinal));
        var milliseconds = 1000 * double.Parse(line.AsSpan(WallTime.Length).TrimEnd('s'));
        report(First, milliseconds);
        report(Again, milliseconds);
    }

    private static void Bring(int parallelism, string open, string close, Action<string, double> report)
    {
        using var context = IommuContext.Open();
        var ioas = context.CreateIoas();
        DeviceToOpen[] requests = [.. GuestVfs.All.Select(vf => new DeviceToOpen(vf, ioas))];
        var start = Stopwatch.GetTimestamp();
        var devices = VfioDevice.OpenMany(requests, new OpenManyOptions { Parallelism = parallelism });
        var opened = Stopwatch.GetTimestamp();
        devices.Dispose();
        report(open, Stopwatch.GetElapsedTime(start, opened).TotalMilliseconds);
        report(close, Stopwatch.GetElapsedTime(opened).TotalMilliseconds);
    }
}
