using System.CommandLine;
using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary><c>devkeep discard</c>.</summary>
internal sealed class DiscardCommand : DevkeepCommand
{
    private readonly Option<SessionName> _session = SessionOption.Create();
    private readonly Option<string> _keeper = KeeperOption.Create();
    private readonly Option<string?> _audit = AuditOption.Create();

    internal DiscardCommand(CliHost host)
        : base(
            host,
            "discard",
            "Give up a session that was preserved, or what the keeper holds of one that is finished; devices that nobody else holds are reset",
            new CommandExample("discard --session lab", "nothing of it reaches the next kernel"))
    {
        Options.Add(_session);
        Options.Add(_keeper);
        Options.Add(_audit);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var session = parsed.GetValue(_session);
        using var keeper = KeeperClient.Connect(parsed.GetRequiredValue(_keeper));
        var held = keeper.Status().Sessions.FirstOrDefault(held => held.Name == session);
        if (held is { Direction: SessionDirection.Incoming })
            throw new UserException($"Session {session} came from the kernel before and is not finished: restore it, or give it up by devkeep restore --session {session} --abandon.");
        var names = HeldNames.Of(keeper, session);
        if (held is null && names.Count == 0)
            throw new UserException($"The keeper holds nothing of a session '{session}': devkeep status shows what it holds.");
        using var steps = new SessionSteps(run, parsed.GetValue(_audit), Name, session) { Devices = HeldDevices.In(names) };
        steps.During("discard", "Giving the session up", () =>
        {
            if (held is not null)
            {
                // The loaded kernel was for this session; another one in its place would jump without it.
                keeper.Discard(session);
                if (Kexec.IsLoaded)
                    Kexec.Unload();
            }

            foreach (var name in names)
                keeper.Remove(name);
        });
        run.Output.Write(
            new DiscardResult(session.Value, names),
            DevkeepJson.Shapes.DiscardResult,
            static result => new Report().Line($"session {result.Session} was given up; the keeper let go of {string.Join(", ", result.Released)}"));
        return ExitCode.Success;
    }
}
