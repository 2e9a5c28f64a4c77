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

    private readonly Option<TimeSpan?> _limit = FreezeLimitOption.Create();

    internal KexecCommand(CliHost host)
        : base(
            host,
            "kexec",
            "Freeze a preserved session and jump into the next kernel; services are not stopped first, that is the caller's to do",
            new CommandExample("kexec --session lab", "jump"),
            new CommandExample("kexec --session lab --rehearse", "how long the freeze would take"))
    {
        Options.Add(_session);
        Options.Add(_keeper);
        Options.Add(_rehearse);
        Options.Add(_limit);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var session = parsed.GetValue(_session);
        using var keeper = KeeperClient.Connect(parsed.GetRequiredValue(_keeper));
        run.Interruption.TakeCare();
        var preserved = run.Progress.During(
            "Taking over the session",
            () => PreservedSession.TakeOver(keeper, session, ShellDrivers.Continuation(run), parsed.GetValue(_limit) ?? FreezeLimitOption.Default));
        if (!parsed.GetValue(_rehearse))
            KernelJump.Jump(preserved, run);
        run.Output.Write(KernelJump.Rehearse(preserved, run), DevkeepJson.Shapes.RehearsalResult, RehearsalView.Render);
        return ExitCode.Success;
    }
}
