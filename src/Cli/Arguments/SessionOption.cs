using System.CommandLine;
using Devices.LiveUpdate;

namespace Devices.Cli;

/// <summary>The session's name, by which the next kernel knows it.</summary>
internal static class SessionOption
{
    /// <summary>The option, asked for unless there is a usual name.</summary>
    /// <param name="usual">The name where none is given; null for one that has to be.</param>
    internal static Option<SessionName> Create(string? usual = null) => new("--session", "-s")
    {
        Description = "The session's name: 1 to 63 bytes",
        HelpName = "NAME",
        Required = usual is null,
        DefaultValueFactory = usual is null ? null : _ => new SessionName(usual),
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
