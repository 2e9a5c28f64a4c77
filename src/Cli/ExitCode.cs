namespace Devices.Cli;

/// <summary>What devkeep's exit codes mean. They are documented in docs/devkeep.md and do not change.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    internal const int Success = 0;

    /// <summary>Refused, or failed, the reason and the way out being on the standard error; or what was compared or checked is not as it should be.</summary>
    internal const int Failed = 1;

    /// <summary>The command line was not understood; nothing was done.</summary>
    internal const int Usage = 2;

    /// <summary>What came over the jump is not what was saved: nothing was written to any device, and the keeper holds everything still.</summary>
    internal const int NotAsSaved = 3;

    /// <summary>A fault of devkeep itself (EX_SOFTWARE of sysexits.h).</summary>
    internal const int Fault = 70;

    /// <summary>Ended by Ctrl-C or SIGTERM; what had been begun was undone (128 and SIGINT).</summary>
    internal const int Interrupted = 130;

    /// <summary>All of them, in words for the help.</summary>
    internal static IReadOnlyList<(int Code, string Meaning)> Meanings { get; } =
    [
        (Success, "done"),
        (Failed, "refused or failed; reason and way out are on the standard error. Of a comparison: something differs"),
        (Usage, "the command line was not understood"),
        (NotAsSaved, "what came over the jump is not what was saved; nothing was written to any device"),
        (Fault, "a fault of devkeep itself"),
        (Interrupted, "ended by Ctrl-C; what had been begun was undone"),
    ];
}
