using Devices.Bench.Measuring;
using Devices.VmStart;

namespace Devices.Bench.Figures;

/// <summary>
/// A VM's start that was recorded, replayed on the cache over a model of the VF: which of its reads VFIO is asked for, and which the device. Counted by the model, below the cache.
/// </summary>
internal static class VmStartFigure
{
    private const double Percent = 100;

    internal static IReadOnlyList<Case> Cases { get; } = [.. VmStartScenario.Names.SelectMany(CasesOf)];

    internal static void Measure(Action<string, double> report)
    {
        foreach (var (name, reads) in VmStartScenario.Run(Recorded()))
        {
            report(HitRate(name), reads.HitRate * Percent);
            report(FreeRate(name), reads.FreeRate * Percent);
            report(HitRateOfAll(name), reads.HitRateOfAll * Percent);
            report(Hardware(name), (double)reads.HardwareOfAll / reads.Starts);
            report(HardwareOfCacheable(name), (double)reads.Hardware / reads.Starts);
        }
    }

    internal static void MeasurePeer(Action<string, double> report)
    {
        var trace = Recorded();
        var found = VmStartReplay.RunUncached(trace);
        foreach (var name in VmStartScenario.Names)
        {
            report(Hardware(name), found.HardwareOfAll);
            report(HardwareOfCacheable(name), found.Hardware);
        }
    }

    private static VmStartTrace Recorded() => VmStartTrace.Parse(File.ReadLines(VmStartTrace.Recorded));

    // Cold is what nothing that was stored helps; of many VFs the first bears what all share.
    private static IEnumerable<Case> CasesOf(string name)
    {
        var goal = name is VmStartScenario.Alone or VmStartScenario.OneOfMany ? 99 : 99.9;
        yield return new(HitRate(name), "%", Goal.ValueAtLeast(goal));
        yield return new(FreeRate(name), "%");
        yield return new(HitRateOfAll(name), "%");
        yield return new(HardwareOfCacheable(name), "dwords");
        yield return new(Hardware(name), "dwords");
    }

    private static string HitRate(string scenario) => $"{scenario}: hits of what can be cached";

    private static string FreeRate(string scenario) => $"{scenario}: of it, no hardware read";

    private static string HitRateOfAll(string scenario) => $"{scenario}: hits of all reads";

    private static string HardwareOfCacheable(string scenario) => $"{scenario}: hardware, of what can be cached";

    private static string Hardware(string scenario) => $"{scenario}: hardware, all";
}
