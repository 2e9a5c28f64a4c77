using Devices.Linux;

namespace Devices.Cli;

/// <summary>
/// Turns a failure into what the user reads. What the libraries throw on purpose carries its own reason and way out and becomes one
/// message; anything else is a fault of the program, and its trace is what whoever mends it needs.
/// </summary>
internal static class FailureReport
{
    internal static int Write(Exception failure, CommandRun run)
    {
        if (IsExpected(failure))
        {
            run.Note(MessageOf(failure));
            if (run.Verbose)
                run.Host.Error.WriteLine(failure);
            return ExitCode.Failed;
        }

        run.Note($"fault in devkeep, please report it: {failure}");
        return ExitCode.Fault;
    }

    private static bool IsExpected(Exception failure) => failure is
        UserException
        or LinuxException
        or ArgumentException
        or FormatException
        or IOException
        or UnauthorizedAccessException
        or TimeoutException;

    // "(Parameter 'driver')" is for the caller of a library, not for the user of a command.
    private static string MessageOf(Exception failure) =>
        failure is ArgumentException { ParamName: { } name }
            ? failure.Message.Replace($" (Parameter '{name}')", string.Empty, StringComparison.Ordinal)
            : failure.Message;
}
