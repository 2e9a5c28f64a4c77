using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep sriov</c>: commands on VFs.</summary>
internal sealed class SriovCommand : Command
{
    internal SriovCommand(CliHost host)
        : base("sriov", "Enable, resize and disable VFs, and list them")
    {
        Subcommands.Add(new SriovListCommand(host));
        Subcommands.Add(new SriovSetCommand(host));
    }
}
