using System.CommandLine;
using System.Globalization;
using System.Reflection;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary><c>devkeep record versions</c>.</summary>
internal sealed class RecordVersionsCommand : DevkeepCommand
{
    internal RecordVersionsCommand(CliHost host)
        : base(
            host,
            "versions",
            "Say which formats of the state record this build writes and reads",
            new CommandExample("record versions --json", "for the old side, to write what the new side understands"))
    {
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var release = typeof(RecordVersionsCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        run.Output.Write(
            new RecordVersionsResult(release, RecordFormat.Current, RecordFormat.OldestReader, RecordFormat.OldestRead),
            DevkeepJson.Shapes.RecordVersionsResult,
            static versions => new Report().Facts(
                ("Release", versions.Release),
                ("Writes format", versions.Writes.ToString(CultureInfo.InvariantCulture)),
                ("Read by formats from", versions.OldestReader.ToString(CultureInfo.InvariantCulture)),
                ("Reads formats from", versions.OldestRead.ToString(CultureInfo.InvariantCulture))));
        return ExitCode.Success;
    }
}
