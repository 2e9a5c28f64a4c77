using System.CommandLine;
using System.CommandLine.Invocation;

namespace Devices.Cli;

/// <summary>Parses a command line, runs the command and turns whatever comes of it into an exit code.</summary>
internal static class DevkeepProgram
{
    internal static int Run(IReadOnlyList<string> args, CliHost host)
    {
        var root = new DevkeepRoot(host);
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction || (parsed.Action is null && parsed.Errors.Count > 0))
            return Misuse(parsed, host);
        var invocation = new InvocationConfiguration
        {
            Output = host.Out,
            Error = host.Error,
            // Commands answer for their own failures and signals: a device must not be left half way by a Ctrl-C.
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return parsed.Invoke(invocation);
    }

    private static int Misuse(ParseResult parsed, CliHost host)
    {
        var command = parsed.CommandResult.Command;
        var name = command is RootCommand ? DevkeepRoot.ProgramName : $"{DevkeepRoot.ProgramName} {NameOf(command)}";

        // After a word that is no command, "a command is missing" is no news.
        var unknown = parsed.UnmatchedTokens;
        var problems = parsed.Errors.Select(static error => error.Message).Distinct(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
            problems.RemoveAll(problem => problems.Count > unknown.Count && !unknown.Any(word => problem.Contains($"'{word}'", StringComparison.Ordinal)));
        foreach (var problem in problems)
            host.Error.WriteLine($"{DevkeepRoot.ProgramName}: {problem}");
        host.Error.WriteLine($"See '{name} --help'.");
        return ExitCode.Usage;
    }

    private static string NameOf(Command command)
    {
        var parents = command.Parents.OfType<Command>().Where(static parent => parent is not RootCommand).Select(static parent => parent.Name);
        return string.Join(' ', [.. parents, command.Name]);
    }
}
