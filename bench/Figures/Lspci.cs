using Devices.Bench.Measuring;

namespace Devices.Bench.Figures;

/// <summary>pciutils' lspci, which reads each capability of each function.</summary>
internal static class Lspci
{
    internal const string Name = "lspci -vv";

    internal static void Run() => MeasuringProcess.RunSilently("lspci", "-vv");
}
