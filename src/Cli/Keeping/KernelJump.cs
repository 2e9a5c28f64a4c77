using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>Brings the devices of a preserved session to rest, and jumps or goes back.</summary>
internal sealed class KernelJump(CommandRun run, SessionSteps steps, JumpTerms terms)
{
    /// <summary>Freezes and thaws again.</summary>
    /// <returns>What is told of it, and how long the freeze took.</returns>
    internal (RehearsalResult Result, TimeSpan Took) Rehearse(PreservedSession preserved)
    {
        var frozen = Freeze(preserved, "rehearse");
        var took = frozen.FrozenFor;
        var result = new RehearsalResult(
            preserved.Session.Value,
            frozen.RecordLength,
            [.. frozen.StoppedHolders.Select(static holder => holder.ToString())],
            EstimateResult.Of(terms.Estimate(took)));
        Thaw(frozen);
        return (result, took);
    }

    /// <summary>Freezes and jumps: it returns only by throwing, and then the devices go on in this kernel and the session is preserved as before.</summary>
    /// <exception cref="UserException">The deadline cannot be met; nothing was frozen but for a rehearsal.</exception>
    /// <exception cref="TimeoutException">The freeze took too much of it.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    internal void Jump(PreservedSession preserved)
    {
        if (terms.Deadline is not null)
            terms.RequireInTime(Rehearse(preserved).Took);
        if (terms.Watchdog is not { } watchdog)
        {
            Jump(preserved, watchdog: null);
            return;
        }

        var running = steps.During("watchdog", $"Starting {watchdog.Path}", () => watchdog.Start(run.Note));
        try
        {
            Jump(preserved, running);
        }
        catch
        {
            JumpWatchdog.Stop(running, run.Note);
            throw;
        }
    }

    private void Jump(PreservedSession preserved, Watchdog? watchdog)
    {
        var frozen = Freeze(preserved, "freeze");
        try
        {
            terms.RequireShare(frozen.FrozenFor);
            run.Interruption.Checkpoint();
            run.Note($"devices at rest, {frozen.StoppedHolders.Count} other holders stopped, record of {frozen.RecordLength} bytes; jumping");
            run.Host.Error.Flush();
            watchdog?.KeepAlive();
            steps.Begin("jump", $"record of {frozen.RecordLength} bytes");
            steps.During("jump", "Jumping", frozen.Jump);
        }
        catch
        {
            Thaw(frozen);
            run.Note("the devices go on in this kernel.");
            throw;
        }
    }

    private FrozenSession Freeze(PreservedSession preserved, string step)
    {
        run.Interruption.Checkpoint();
        if (!Kexec.IsLoaded)
            throw new UserException($"No kernel is loaded: somebody has unloaded it since session {preserved.Session} was preserved. Discard the session and preserve again; nothing was frozen.");
        return steps.During(step, "Bringing the devices to rest", preserved.Freeze);
    }

    private void Thaw(FrozenSession frozen) => steps.During("thaw", "Letting the devices go on", frozen.Thaw);
}
