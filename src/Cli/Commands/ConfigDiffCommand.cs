using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep config diff</c>.</summary>
internal sealed class ConfigDiffCommand : DevkeepCommand
{
    private readonly Argument<ConfigTarget> _first;
    private readonly Argument<ConfigTarget> _second;

    internal ConfigDiffCommand(CliHost host)
        : base(
            host,
            "diff",
            "Compare the configuration space of two functions, or of one now and in a dump, by registers and fields; exit code 1 if they differ",
            new CommandExample("config diff before#01:00.0 0000:01:00.0", "what has changed since the dump"),
            new CommandExample("config diff before after", "two dumps of one function each"))
    {
        _first = ConfigTargetArguments.One(host, "The first, whose layout names the registers; FILE#BDF for one function of several", "FIRST");
        _second = ConfigTargetArguments.One(host, "The second", "SECOND");
        Arguments.Add(_first);
        Arguments.Add(_second);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        using var first = ConfigSource.Open(run.Host, parsed.GetValue(_first));
        using var second = ConfigSource.Open(run.Host, parsed.GetValue(_second));
        var result = ConfigDiffResult.Of(first, second);
        if (first.Space.Length != second.Space.Length)
            run.Note($"{result.First.InWords()} has {result.First.Length} bytes and {result.Second.InWords()} {result.Second.Length}: the first {result.Length} are compared.");
        run.Output.Write(result, DevkeepJson.Shapes.ConfigDiffResult, ConfigDiffView.Render);
        return result.Differences.Count == 0 ? ExitCode.Success : ExitCode.Failed;
    }
}
