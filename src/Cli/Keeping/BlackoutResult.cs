using Devices.Preservation;

namespace Devices.Cli;

/// <summary>How long the devices did not serve, in milliseconds.</summary>
/// <param name="TotalMs">All of it.</param>
/// <param name="ToolkitMs">The toolkit's own share: freeze, restore, resume.</param>
/// <param name="Phases">Each phase.</param>
internal sealed record BlackoutResult(double TotalMs, double ToolkitMs, BlackoutPhases Phases)
{
    internal static BlackoutResult Of(Blackout blackout) => new(
        Milliseconds.Of(blackout.Total),
        Milliseconds.Of(blackout.Toolkit),
        new BlackoutPhases(Milliseconds.Of(blackout.Freeze), Milliseconds.Of(blackout.KernelShutdown), Milliseconds.Of(blackout.KernelBoot), Milliseconds.Of(blackout.Restore), Milliseconds.Of(blackout.Resume)));
}
