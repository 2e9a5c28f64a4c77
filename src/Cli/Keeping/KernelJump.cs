using System.Diagnostics;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>Brings the devices of a preserved set to rest, and jumps or goes back.</summary>
/// <param name="run">The command's run.</param>
/// <param name="steps">Where the steps are told.</param>
/// <param name="terms">On what terms.</param>
/// <param name="set">The set.</param>
/// <param name="own">The command's own session in it.</param>
internal sealed class KernelJump(CommandRun run, SessionSteps steps, JumpTerms terms, PreservationSet set, OwnSession own)
{
    /// <summary>Freezes and thaws again.</summary>
    /// <returns>What is told of it, and how long the freeze took.</returns>
    internal (RehearsalResult Result, TimeSpan Took) Rehearse()
    {
        var took = Freeze("rehearse");
        var result = new RehearsalResult(
            own.Session.Value,
            own.Frozen.RecordLength,
            [.. own.Frozen.StoppedHolders.Select(static holder => holder.ToString())],
            EstimateResult.Of(terms.Estimate(took)));
        Thaw();
        return (result, took);
    }

    /// <summary>Freezes and jumps: it returns only by throwing, and then the devices go on in this kernel and the session is preserved as before.</summary>
    /// <exception cref="UserException">The deadline cannot be met; nothing was frozen but for a rehearsal.</exception>
    /// <exception cref="TimeoutException">The freeze took too much of it.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    internal void Jump()
    {
        if (terms.Deadline is not null)
            terms.RequireInTime(Rehearse().Took);
        if (terms.Watchdog is not { } watchdog)
        {
            Jump(watchdog: null);
            return;
        }

        var running = steps.During("watchdog", $"Starting {watchdog.Path}", () => watchdog.Start(run.Note));
        try
        {
            Jump(running);
        }
        catch
        {
            JumpWatchdog.Stop(running, run.Note);
            throw;
        }
    }

    private void Jump(Watchdog? watchdog)
    {
        var took = Freeze("freeze");
        try
        {
            terms.RequireShare(took);
            run.Interruption.Checkpoint();
            run.Note($"devices at rest, {own.Frozen.StoppedHolders.Count} other holders stopped, record of {own.Frozen.RecordLength} bytes; jumping");
            run.Host.Error.Flush();
            watchdog?.KeepAlive();
            steps.Begin("jump", $"record of {own.Frozen.RecordLength} bytes");
            steps.During("jump", "Jumping", own.Frozen.Jump);
        }
        catch
        {
            Thaw();
            run.Note("the devices go on in this kernel.");
            throw;
        }
    }

    /// <summary>Brings all to rest.</summary>
    /// <returns>How long it took, without the sync before.</returns>
    private TimeSpan Freeze(string step)
    {
        run.Interruption.Checkpoint();
        if (!Kexec.IsLoaded)
            throw new UserException($"No kernel is loaded: somebody has unloaded it since session {own.Session} was preserved. Discard the session and preserve again; nothing was frozen.");
        return steps.During(step, "Bringing the devices to rest", () =>
        {
            // While all devices still work; what comes later waits for its end.
            SystemReboot.SyncFileSystems();
            var start = Stopwatch.GetTimestamp();
            set.Freeze();
            return Stopwatch.GetElapsedTime(start);
        });
    }

    private void Thaw() => steps.During("thaw", "Letting the devices go on", set.Thaw);
}
