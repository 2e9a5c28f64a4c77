using System.CommandLine;
using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary><c>devkeep kexec</c>.</summary>
internal sealed class KexecCommand : DevkeepCommand
{
    private readonly Option<SessionName> _session = SessionOption.Create();
    private readonly Option<string> _keeper = KeeperOption.Create();
    private readonly Option<bool> _rehearse = new("--rehearse")
    {
        Description = "Freeze, thaw again and do not jump",
    };

    private readonly JumpOptions _jump;
    private readonly ClientSessionOptions _clients;
    private readonly Option<string?> _audit = AuditOption.Create();

    internal KexecCommand(CliHost host)
        : base(
            host,
            "kexec",
            "Freeze a preserved session and jump into the next kernel; services are not stopped first, that is the caller's to do",
            new CommandExample("kexec --session lab", "jump"),
            new CommandExample("kexec --session lab --rehearse", "how long the freeze would take"),
            new CommandExample("kexec --session lab --deadline 5", "not if the devices would be away for longer, by what was measured the last time"))
    {
        Options.Add(_session);
        Options.Add(_keeper);
        Options.Add(_rehearse);
        _jump = new JumpOptions(this);
        _clients = new ClientSessionOptions(this, jumps: true);
        Options.Add(_audit);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var session = parsed.GetValue(_session);
        using var keeper = KeeperClient.Connect(parsed.GetRequiredValue(_keeper));
        var terms = _jump.Read(parsed);
        terms.RequireFeasible();
        _ = _clients.Read(parsed, run);
        using var steps = new SessionSteps(run, parsed.GetValue(_audit), Name, session);
        run.Interruption.TakeCare();
        var preserved = steps.During(
            "take-over",
            "Taking over the session",
            () => PreservedSession.TakeOver(keeper, session, ShellDrivers.Continuation(run), terms.FreezeLimit));
        steps.Devices = preserved.Devices.Select(static kept => kept.Device.Address);
        var own = new OwnSession(session, [], () => preserved);
        var set = new PreservationSet([], own);
        set.Preserve(terms.FreezeLimit);
        var jump = new KernelJump(run, steps, terms, set, own);
        if (!parsed.GetValue(_rehearse))
        {
            jump.Jump();
            return ExitCode.Fault; // it does not return
        }

        var (result, took) = jump.Rehearse();
        run.Output.Write(result, DevkeepJson.Shapes.RehearsalResult, RehearsalView.Render);
        terms.RequireInTime(took);
        return ExitCode.Success;
    }
}
