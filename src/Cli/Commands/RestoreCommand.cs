using System.CommandLine;
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

    internal RestoreCommand(CliHost host)
        : base(
            host,
            "restore",
            "After the jump: verify a session, restore its devices and finish it",
            new CommandExample("restore --session lab --verify-only", "is all there and as it was? (exit code 3 if not)"),
            new CommandExample("restore --session lab", "verify, restore, resume, finish"))
    {
        Options.Add(_session);
        Options.Add(_keeper);
        Options.Add(_verifyOnly);
        Options.Add(_abandon);
        Validators.Add(result =>
        {
            if (result.GetValue(_verifyOnly) && result.GetValue(_abandon))
                result.AddError("--verify-only and --abandon exclude each other.");
        });
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var session = parsed.GetValue(_session);
        using var keeper = KeeperClient.Connect(parsed.GetRequiredValue(_keeper));
        if (parsed.GetValue(_abandon))
            return Abandon(session, keeper, run);

        // Every step can be taken again by the next process, so between two of them Ctrl-C may end this one.
        run.Interruption.TakeCare();
        var arrived = run.Progress.During("Retrieving the session", () => ArrivedSession.Open(keeper, session));
        run.Interruption.Checkpoint();
        var verified = run.Progress.During("Retrieving and verifying memory and devices", arrived.Verify);
        var memory = arrived.UnmappedMemory.Where(NamedMemory.IsName).ToList();
        if (memory.Find(name => !NamedMemory.CanReturn(keeper, session, name)) is { } taken)
            throw new UserException($"Session {session} has brought memory '{taken}', and the keeper holds other memory of that name: remove that first (devkeep memory remove {taken}). Nothing was written to any device.");
        if (parsed.GetValue(_verifyOnly))
            return Print(new RestoreResult(session.Value, "verified", null, null, [.. verified.VfsToEnable.Select(static vf => vf.ToString())], [], HeldNames.Of(keeper, session)), run);
        run.Interruption.Checkpoint();
        HostConfigCache.Write(arrived.HostConfigCache, session.Value, run);
        var restored = run.Progress.During("Restoring the devices", () => verified.Restore());
        var devices = restored.Devices.Select(RestoredDeviceResult.Of).ToList();
        var resumed = restored.Resume(ShellDrivers.Restoration(run));
        foreach (var name in memory)
            NamedMemory.Return(keeper, session, name);
        resumed.Finish();
        return Print(new RestoreResult(session.Value, "finished", devices, BlackoutResult.Of(resumed.Blackout), [], memory, HeldNames.Of(keeper, session)), run);
    }

    private static int Abandon(SessionName session, KeeperClient keeper, CommandRun run)
    {
        keeper.RetrieveSession(session);
        keeper.Finish(session);
        var names = HeldNames.Of(keeper, session);
        foreach (var address in HeldNames.DevicesIn(names))
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
