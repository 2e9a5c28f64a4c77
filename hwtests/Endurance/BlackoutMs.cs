using Devices.Preservation;

namespace Devices.HwTests.Endurance;

/// <summary>A blackout in milliseconds, as the toolkit measured it.</summary>
internal sealed record BlackoutMs(double Freeze, double KernelShutdown, double KernelBoot, double Restore, double Resume, double Toolkit, double Total)
{
    internal static BlackoutMs Of(Blackout blackout) => new(
        Round(blackout.Freeze),
        Round(blackout.KernelShutdown),
        Round(blackout.KernelBoot),
        Round(blackout.Restore),
        Round(blackout.Resume),
        Round(blackout.Toolkit),
        Round(blackout.Total));

    private static double Round(TimeSpan time) => Math.Round(time.TotalMilliseconds, 1);
}
