using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Devices.Bench.Measuring;
using Devices.Pci;
using Perfolizer.Horology;

namespace Devices.Bench.Figures;

/// <summary>A dword of configuration space out of the cache, by BenchmarkDotNet: of a function of this machine, which is not emulated, and of a VF in a guest.</summary>
internal static class CachedReadFigure
{
    internal const string Raw = "raw view, sysfs";
    internal const string Vfio = "VFIO's view";

    internal static void MeasureHere(Action<string, double> report) => Measure<CachedReads>(Raw, report);

    internal static void MeasureVf(Action<string, double> report)
    {
        Measure<CachedReadsOfVf>(Raw, report);
        Measure<CachedReadsByVfio>(Vfio, report);
    }

    internal static void MeasurePeerHere(Action<string, double> report) => MeasurePeer(CachedReads.FunctionHere, report);

    internal static void MeasurePeerOnVf(Action<string, double> report) => MeasurePeer(GuestVfs.All[0], report);

    internal static string Allocated(string view) => $"allocated, {view}";

    private static void Measure<T>(string name, Action<string, double> report)
    {
        // In this process: a guest has no SDK to build another one with.
        var job = Job.Default.WithToolchain(InProcessNoEmitToolchain.DontLogOutput).WithWarmupCount(3).WithIterationCount(10)
            .WithIterationTime(TimeInterval.FromMilliseconds(100));
        var config = ManualConfig.CreateEmpty().AddJob(job).AddDiagnoser(MemoryDiagnoser.Default).AddLogger(NullLogger.Instance)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "bench"));
        var result = BenchmarkRunner.Run<T>(config).Reports.Single();
        report(name, (result.ResultStatistics ?? throw new InvalidOperationException($"BenchmarkDotNet has no result for {typeof(T).Name}.")).Median);
        report(Allocated(name), result.GcStats.GetBytesAllocatedPerOperation(result.BenchmarkCase) ?? throw new InvalidOperationException("BenchmarkDotNet counted no bytes."));
    }

    private static void MeasurePeer(PciFunction function, Action<string, double> report) => MeasuringProcess.RunPeer("config_read", function.Address.ToString(), report);
}
