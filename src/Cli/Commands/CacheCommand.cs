using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep cache</c>: commands on what is kept of configuration spaces.</summary>
internal sealed class CacheCommand : Command
{
    internal CacheCommand(CliHost host)
        : base("cache", "Look at, check and remove the constants of devices that are kept between runs")
    {
        Subcommands.Add(new CacheStatsCommand(host));
        Subcommands.Add(new CacheVerifyCommand(host));
        Subcommands.Add(new CacheClearCommand(host));
    }
}
