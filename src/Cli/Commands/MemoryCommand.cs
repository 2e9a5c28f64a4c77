using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep memory</c>: commands on memory that the keeper holds by name.</summary>
internal sealed class MemoryCommand : Command
{
    internal MemoryCommand(CliHost host)
        : base("memory", "Create, list and remove memory that the keeper holds by name, for programs that keep their data in a file")
    {
        Subcommands.Add(new MemoryCreateCommand(host));
        Subcommands.Add(new MemoryListCommand(host));
        Subcommands.Add(new MemoryRemoveCommand(host));
    }
}
