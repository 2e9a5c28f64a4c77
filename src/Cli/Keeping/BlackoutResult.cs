using Devices.Preservation;

namespace Devices.Cli;

/// <summary>How long the devices did not serve, in milliseconds.</summary>
/// <param name="TotalMs">All of it.</param>
/// <param name="ToolkitMs">The toolkit's own share: freeze, restore, resume.</param>
/// <param name="Phases">Each phase.</param>
internal sealed record BlackoutResult(double TotalMs, double ToolkitMs, BlackoutPhases Phases)
{
    internal static BlackoutResult Of(Blackout blackout) => new(
        Ms(blackout.Total),
        Ms(blackout.Toolkit),
        new BlackoutPhases(Ms(blackout.Freeze), Ms(blackout.KernelShutdown), Ms(blackout.KernelBoot), Ms(blackout.Restore), Ms(blackout.Resume)));

    private static double Ms(TimeSpan time) => Math.Round(time.TotalMilliseconds, 1);
}
