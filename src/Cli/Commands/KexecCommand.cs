using System.CommandLine;
using System.Globalization;
using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary><c>devkeep kexec</c>.</summary>
internal sealed class KexecCommand : DevkeepCommand
{
    private static readonly TimeSpan s_defaultLimit = TimeSpan.FromSeconds(10);

    private readonly Option<SessionName> _session = SessionOption.Create();
    private readonly Option<string> _keeper = KeeperOption.Create();
    private readonly Option<bool> _rehearse = new("--rehearse")
    {
        Description = "Freeze, thaw again and do not jump",
    };

    private readonly Option<TimeSpan?> _limit = new("--freeze-limit")
    {
        Description = "How long devices and other holders may take to come to rest [default: 10]",
        HelpName = "SECONDS",
        CustomParser = static result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 3600)
                return TimeSpan.FromSeconds(seconds);
            result.AddError("--freeze-limit takes more than 0 and at most 3600 seconds.");
            return null;
        },
    };

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
            () => PreservedSession.TakeOver(keeper, session, ShellDrivers.Continuation(run), parsed.GetValue(_limit) ?? s_defaultLimit));
        run.Interruption.Checkpoint();
        if (!Kexec.IsLoaded)
            throw new UserException($"No kernel is loaded: somebody has unloaded it since session {session} was preserved. Discard the session and preserve again; nothing was frozen.");
        var frozen = run.Progress.During("Bringing the devices to rest", preserved.Freeze);
        try
        {
            run.Interruption.Checkpoint();
            if (!parsed.GetValue(_rehearse))
            {
                run.Note($"devices at rest, {frozen.StoppedHolders.Count} other holders stopped, record of {frozen.RecordLength} bytes; jumping");
                run.Host.Error.Flush();
                frozen.Jump();
            }
        }
        catch
        {
            frozen.Thaw();
            run.Note("the devices go on in this kernel; the session stays preserved.");
            throw;
        }

        var result = new RehearsalResult(session.Value, frozen.RecordLength, [.. frozen.StoppedHolders.Select(static holder => holder.ToString())]);
        frozen.Thaw();
        run.Output.Write(result, DevkeepJson.Shapes.RehearsalResult, RehearsalView.Render);
        return ExitCode.Success;
    }
}
