using System.CommandLine;

namespace Devices.Cli;

/// <summary>Where the steps are written down.</summary>
internal static class AuditOption
{
    internal static Option<string?> Create() => new("--audit")
    {
        Description = $"Append a line of JSON for each step to this file [default: {AuditLog.DefaultPath}]",
        HelpName = "FILE",
    };
}
