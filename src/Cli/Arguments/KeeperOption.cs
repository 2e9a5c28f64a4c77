using System.CommandLine;
using Devices.LiveUpdate;

namespace Devices.Cli;

/// <summary>Where the keeper listens.</summary>
internal static class KeeperOption
{
    internal static Option<string> Create() => new("--keeper", "-k")
    {
        Description = "The keeper's socket",
        HelpName = "PATH",
        DefaultValueFactory = static _ => KeeperServer.DefaultSocketPath,
    };
}
