using System.CommandLine;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary><c>devkeep restore</c>.</summary>
internal sealed class RestoreCommand : DevkeepCommand
{
    private readonly Option<SessionName> _session = SessionOption.Create();
    private readonly Option<string> _keeper = KeeperOption.Create();
    private readonly Option<bool> _verifyOnly = new("--verify-only")
    {
        Description = "Compare everything with what was saved and write to no device",
    };

    private readonly Option<bool> _abandon = new("--abandon")
    {
        Description = "Give up a session that came over: free its memory, let the kernel reset its devices",
    };

    private readonly Option<bool> _ifArrived = new("--if-arrived")
    {
        Description = "Succeed, and do nothing, where no such session came over: for a service that runs at each boot",
    };

    private readonly Option<RestoreFailurePolicy> _onFailure = OnFailureOption.Create();
    private readonly CrashKernelOptions _crash;
    private readonly Option<string?> _watchdog = JumpWatchdog.CreateOption("The watchdog that was left running over the jump, to be stopped: this kernel has come to its feet");
    private readonly Option<string> _measured = MeasuredOption.Create();
    private readonly Option<string?> _audit = AuditOption.Create();

    internal RestoreCommand(CliHost host)
        : base(
            host,
            "restore",
            "After the jump: verify a session, restore its devices and finish it",
            new CommandExample("restore --session lab --verify-only", "is all there and as it was? (exit code 3 if not)"),
            new CommandExample("restore --session lab", "verify, restore, resume, finish"),
            new CommandExample("restore --session lab --on-failure cold", "a device that does not come back is reset; the others are not"))
    {
        Options.Add(_session);
        Options.Add(_keeper);
        Options.Add(_verifyOnly);
        Options.Add(_abandon);
        Options.Add(_ifArrived);
        Options.Add(_onFailure);
        _crash = new CrashKernelOptions(this);
        Options.Add(_watchdog);
        Options.Add(_measured);
        Options.Add(_audit);
        Validators.Add(result =>
        {
            if (result.GetValue(_verifyOnly) && result.GetValue(_abandon))
                result.AddError("--verify-only and --abandon exclude each other.");
            if (result.GetValue(_ifArrived) && result.GetValue(_abandon))
                result.AddError("--if-arrived and --abandon exclude each other.");
        });
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var session = parsed.GetValue(_session);
        using var keeper = KeeperClient.Connect(parsed.GetRequiredValue(_keeper));
        using var steps = new SessionSteps(run, parsed.GetValue(_audit), Name, session);
        // Also if the restore will fail: a reset would lose what the keeper holds.
        if (parsed.GetValue(_watchdog) is { } watchdog)
            steps.During("watchdog", $"Stopping {watchdog}", () => JumpWatchdog.Stop(Watchdog.Start(watchdog), run.Note));
        if (parsed.GetValue(_abandon))
            return Abandon(session, keeper, run, steps);

        // Every step can be taken again by the next process, so between two of them Ctrl-C may end this one.
        run.Interruption.TakeCare();
        if (steps.During("retrieve", "Retrieving the session", () => Open(keeper, session, mayBeAbsent: parsed.GetValue(_ifArrived))) is not { } arrived)
            return Print(new RestoreResult(session.Value, "absent", null, null, [], [], HeldNames.Of(keeper, session)), run);
        steps.Devices = arrived.Devices;
        run.Interruption.Checkpoint();
        var verified = steps.During("verify", "Retrieving and verifying memory and devices", arrived.Verify);
        var memory = arrived.UnmappedMemory.Where(NamedMemory.IsName).ToList();
        if (memory.Find(name => !NamedMemory.CanReturn(keeper, session, name)) is { } taken)
            throw new UserException($"Session {session} has brought memory '{taken}', and the keeper holds other memory of that name: remove that first (devkeep memory remove {taken}). Nothing was written to any device.");
        if (parsed.GetValue(_verifyOnly))
            return Print(new RestoreResult(session.Value, "verified", null, null, [.. verified.VfsToEnable.Select(static vf => vf.ToString())], [], HeldNames.Of(keeper, session)), run);
        run.Interruption.Checkpoint();
        HostConfigCache.Write(arrived.HostConfigCache, session.Value, run);
        var restored = steps.During("restore", "Restoring the devices", () => verified.Restore(onFailure: parsed.GetValue(_onFailure)));
        var devices = restored.Devices.Select(RestoredDeviceResult.Of).ToList();
        var resumed = steps.During("resume", "Handing the devices to their drivers", () => restored.Resume(ShellDrivers.Restoration(run)));
        var blackout = BlackoutResult.Of(resumed.Blackout);
        steps.During("finish", "Ending the session", () =>
        {
            foreach (var name in memory)
                NamedMemory.Return(keeper, session, name);
            resumed.Finish();
        });
        if (devices.Count > 0)
            new MeasuredBlackout(DateTimeOffset.UtcNow, KernelRelease.Running.Text, devices.Count, blackout).Save(parsed.GetRequiredValue(_measured), run.Note);
        var code = Print(new RestoreResult(session.Value, "finished", devices, blackout, [], memory, HeldNames.Of(keeper, session)), run);
        _crash.Load(parsed, run, steps);
        return code;
    }

    private static ArrivedSession? Open(KeeperClient keeper, SessionName session, bool mayBeAbsent)
    {
        try
        {
            return ArrivedSession.Open(keeper, session);
        }
        catch (LinuxException absent) when (mayBeAbsent && LiveUpdateOrchestrator.SaysAbsent(absent))
        {
            return null;
        }
    }

    private static int Abandon(SessionName session, KeeperClient keeper, CommandRun run, SessionSteps steps)
    {
        steps.During("abandon", "Giving the session up", () =>
        {
            keeper.RetrieveSession(session);
            keeper.Finish(session);
        });
        var names = HeldNames.Of(keeper, session);
        foreach (var address in HeldDevices.In(names))
        {
            // Cleared for the restore; the close that comes now shall reset the device.
            if (PciFunction.TryOpen(address, out var function) && function.ResetMethods is { HasFile: true, IsCleared: true } methods)
                methods.RestoreDefault();
        }

        foreach (var name in names)
            keeper.Remove(name);
        return Print(new RestoreResult(session.Value, "abandoned", null, null, [], [], []), run);
    }

    private static int Print(RestoreResult result, CommandRun run)
    {
        run.Output.Write(result, DevkeepJson.Shapes.RestoreResult, RestoreView.Render);
        return ExitCode.Success;
    }
}
