using System.CommandLine;
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
        CustomParser = static result =>
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
        },
    };
}
