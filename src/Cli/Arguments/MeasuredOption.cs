using System.CommandLine;

namespace Devices.Cli;

/// <summary>Where the host's last blackout is kept.</summary>
internal static class MeasuredOption
{
    internal static Option<string> Create() => new("--measured")
    {
        Description = "The file where the blackout of the last restore is kept",
        HelpName = "FILE",
        DefaultValueFactory = static _ => MeasuredBlackout.DefaultPath,
    };
}
