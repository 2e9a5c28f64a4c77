using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep session freeze</c>, <c>thaw</c>, <c>discard</c> and <c>finish</c>: a call of devkeepd's each.</summary>
internal sealed class SessionStepCommand : DevkeepCommand
{
    private readonly string _method;
    private readonly Argument<string> _name = SessionArguments.Name();
    private readonly Option<string?> _broker = SessionArguments.Broker();

    internal SessionStepCommand(CliHost host, string name, string method, string description, string example, string purpose)
        : base(host, name, description, new CommandExample($"session {example}", purpose))
    {
        _method = method;
        Arguments.Add(_name);
        Options.Add(_broker);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var name = parsed.GetRequiredValue(_name);
        using var connection = SessionConnection.Open(parsed.GetValue(_broker));
        connection.Call(_method, name);
        // What has ended is in no list any more.
        run.Output.Write(
            new SessionListResult([.. connection.List().Where(session => session.Name == name || session.KernelName == name).Select(SessionResult.Of)]),
            DevkeepJson.Shapes.SessionListResult,
            SessionListView.Render);
        return ExitCode.Success;
    }
}
