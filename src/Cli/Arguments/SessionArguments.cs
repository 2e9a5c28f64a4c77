using System.CommandLine;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>What the commands take that are about sessions of devkeepd's clients.</summary>
internal static class SessionArguments
{
    internal static Argument<string> Name() => new("NAME") { Description = "The session's name: 1 to 32 letters, digits, '-', '_' or '.'; root may give the kernel's name for it", HelpName = "NAME" };

    internal static Option<string?> Broker() => new("--broker") { Description = $"Where devkeepd listens [default: {BrokerConnection.DefaultSocket}]", HelpName = "SOCKET" };

    internal static Option<SessionFile[]> Memory() => new("--memory", "-m")
    {
        Description = "Memory to preserve: a memfd, by its path in /proc, under a name (repeatable)",
        HelpName = "NAME=FILE",
        CustomParser = static result =>
        {
            var files = new List<SessionFile>();
            foreach (var token in result.Tokens)
            {
                var at = token.Value.IndexOf('=', StringComparison.Ordinal);
                if (at > 0 && at < token.Value.Length - 1 && KeptMemory.IsName(token.Value[..at])) files.Add(new SessionFile(token.Value[..at], token.Value[(at + 1)..]));
                else result.AddError($"'{token.Value}' names no memory: write NAME=FILE, as in ram=/proc/self/fd/5.");
            }

            return [.. files];
        },
    };
}
