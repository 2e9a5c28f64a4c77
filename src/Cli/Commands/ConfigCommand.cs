using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep config</c>: commands on configuration space.</summary>
internal sealed class ConfigCommand : Command
{
    internal ConfigCommand(CliHost host)
        : base("config", "Read, write, compare and watch configuration space, of this host's functions and of dumps")
    {
        Subcommands.Add(new ConfigDumpCommand(host));
        Subcommands.Add(new ConfigReadCommand(host));
        Subcommands.Add(new ConfigWriteCommand(host));
        Subcommands.Add(new ConfigDiffCommand(host));
        Subcommands.Add(new ConfigWatchCommand(host));
        Subcommands.Add(new ConfigMapCommand(host));
    }
}
