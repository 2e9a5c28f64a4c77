using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace Devices.Cli;

/// <summary>A command that does something: parses its arguments, gathers, prints. Failures become one message and an exit code here.</summary>
internal abstract class DevkeepCommand : Command, IHasExamples
{
    private readonly CliHost _host;

    private protected DevkeepCommand(CliHost host, string name, string description, params CommandExample[] examples)
        : base(name, description)
    {
        _host = host;
        Examples = examples;
        SetAction(Invoke);
    }

    public IReadOnlyList<CommandExample> Examples { get; }

    /// <summary>The least level that is logged without --verbose.</summary>
    private protected virtual LogLevel QuietLogLevel => LogLevel.Warning;

    private protected abstract int Run(ParseResult parsed, CommandRun run);

    private int Invoke(ParseResult parsed)
    {
        using var run = new CommandRun(_host, parsed.GetValue(CommonOptions.Json), parsed.GetValue(CommonOptions.Verbose), QuietLogLevel);
        try
        {
            return Run(parsed, run);
        }
        catch (OperationCanceledException) when (run.Interruption.Token.IsCancellationRequested)
        {
            run.Note("interrupted; what had been begun was undone.");
            return ExitCode.Interrupted;
        }
        catch (Exception failure)
        {
            return FailureReport.Write(failure, run);
        }
    }
}
