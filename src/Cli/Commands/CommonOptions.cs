using System.CommandLine;

namespace Devices.Cli;

/// <summary>Options that every command has.</summary>
internal static class CommonOptions
{
    internal static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print the result as JSON (its shape is in docs/devkeep.md)",
        Recursive = true,
    };

    internal static Option<bool> Verbose { get; } = new("--verbose", "-v")
    {
        Description = "Log what is done to the standard error; show where a failure came from",
        Recursive = true,
    };
}
