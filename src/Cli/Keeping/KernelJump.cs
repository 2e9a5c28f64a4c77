using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>Brings the devices of a preserved session to rest, and jumps or goes back.</summary>
internal static class KernelJump
{
    /// <summary>Freezes and thaws again.</summary>
    internal static RehearsalResult Rehearse(PreservedSession preserved, CommandRun run)
    {
        var frozen = Freeze(preserved, run);
        var result = new RehearsalResult(preserved.Session.Value, frozen.RecordLength, [.. frozen.StoppedHolders.Select(static holder => holder.ToString())]);
        frozen.Thaw();
        return result;
    }

    /// <summary>Freezes and jumps: it returns only by throwing, and then the devices go on in this kernel and the session is preserved as before.</summary>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    internal static void Jump(PreservedSession preserved, CommandRun run)
    {
        var frozen = Freeze(preserved, run);
        try
        {
            run.Interruption.Checkpoint();
            run.Note($"devices at rest, {frozen.StoppedHolders.Count} other holders stopped, record of {frozen.RecordLength} bytes; jumping");
            run.Host.Error.Flush();
            frozen.Jump();
        }
        catch
        {
            frozen.Thaw();
            run.Note("the devices go on in this kernel.");
            throw;
        }
    }

    private static FrozenSession Freeze(PreservedSession preserved, CommandRun run)
    {
        run.Interruption.Checkpoint();
        if (!Kexec.IsLoaded)
            throw new UserException($"No kernel is loaded: somebody has unloaded it since session {preserved.Session} was preserved. Discard the session and preserve again; nothing was frozen.");
        return run.Progress.During("Bringing the devices to rest", preserved.Freeze);
    }
}
