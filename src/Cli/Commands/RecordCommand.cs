using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep record</c>: commands on state records.</summary>
internal sealed class RecordCommand : Command
{
    internal RecordCommand(CliHost host)
        : base("record", "Look into state records, and say which versions this build reads")
    {
        Subcommands.Add(new RecordShowCommand(host));
        Subcommands.Add(new RecordVersionsCommand(host));
    }
}
