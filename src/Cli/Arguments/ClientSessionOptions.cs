using System.CommandLine;

namespace Devices.Cli;

/// <summary>What the commands take that replace the kernel below clients of devkeepd.</summary>
internal sealed class ClientSessionOptions
{
    private readonly Option<string?> _broker = new("--broker")
    {
        Description = $"The devkeepd whose clients' sessions go over too [default: {BrokerConnection.DefaultSocket}, if that exists]",
        HelpName = "SOCKET",
    };

    private readonly Option<bool>? _lose;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="jumps">Whether it is the one that would lose them.</param>
    internal ClientSessionOptions(Command command, bool jumps)
    {
        command.Options.Add(_broker);
        if (!jumps) return;
        _lose = new Option<bool>("--lose-unfrozen") { Description = "Jump also if sessions of devkeepd's clients are not frozen, or not finished: they are lost" };
        command.Options.Add(_lose);
    }

    /// <summary>Asks devkeepd.</summary>
    /// <exception cref="UserException">Sessions would be lost, and nobody has said that they may be.</exception>
    internal ClientSessions Read(ParseResult parsed, CommandRun run)
    {
        var sessions = ClientSessions.Read(parsed.GetValue(_broker), run.Note);
        if (_lose is not null && !parsed.GetValue(_lose)) sessions.RequireFrozen();
        return sessions;
    }
}
