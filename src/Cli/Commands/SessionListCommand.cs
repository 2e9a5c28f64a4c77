using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep session list</c>.</summary>
internal sealed class SessionListCommand : DevkeepCommand
{
    private readonly Option<string?> _broker = SessionArguments.Broker();

    internal SessionListCommand(CliHost host)
        : base(host, "list", "Show this user's sessions, and root all: how they stand, their memory and devices", new CommandExample("session list", "before and after the jump"))
        => Options.Add(_broker);

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        using var connection = SessionConnection.Open(parsed.GetValue(_broker));
        run.Output.Write(new SessionListResult([.. connection.List().Select(SessionResult.Of)]), DevkeepJson.Shapes.SessionListResult, SessionListView.Render);
        return ExitCode.Success;
    }
}
