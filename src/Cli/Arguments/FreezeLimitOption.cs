using System.CommandLine;

namespace Devices.Cli;

/// <summary>How long the freeze may wait for a device.</summary>
internal static class FreezeLimitOption
{
    internal static TimeSpan Default { get; } = TimeSpan.FromSeconds(10);

    internal static Option<TimeSpan?> Create() => new("--freeze-limit")
    {
        Description = "How long devices and other holders may take to come to rest [default: 10]",
        HelpName = "SECONDS",
        CustomParser = SecondsArgument.Parse,
    };
}
