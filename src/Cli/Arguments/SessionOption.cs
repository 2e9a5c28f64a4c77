using System.CommandLine;
using System.CommandLine.Parsing;
using Devices.LiveUpdate;

namespace Devices.Cli;

/// <summary>The session's name, by which the next kernel knows it.</summary>
internal static class SessionOption
{
    internal static Option<SessionName> Create() => new("--session", "-s")
    {
        Description = "The session's name: 1 to 63 bytes",
        HelpName = "NAME",
        Required = true,
        CustomParser = Parse,
    };

    /// <summary>The option of a command that can do without it.</summary>
    internal static Option<SessionName> CreateWithDefault(string name) => new("--session", "-s")
    {
        Description = "The session's name: 1 to 63 bytes",
        HelpName = "NAME",
        DefaultValueFactory = _ => new SessionName(name),
        CustomParser = Parse,
    };

    private static SessionName Parse(ArgumentResult result)
    {
        try
        {
            return new SessionName(result.Tokens[0].Value);
        }
        catch (ArgumentException refused)
        {
            result.AddError(FailureReport.MessageOf(refused));
            return default;
        }
    }
}
