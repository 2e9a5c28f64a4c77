using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep update</c>.</summary>
internal sealed class UpdateCommand : DevkeepCommand
{
    private readonly PreservationOptions _what;
    private readonly JumpOptions _jump;
    private readonly Option<string?> _audit = AuditOption.Create();
    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Check everything, print the plan and touch nothing; exit code 1 if something stands in the way",
    };

    internal UpdateCommand(CliHost host)
        : base(
            host,
            "update",
            "Replace the kernel under devices, in one command: check, preserve, freeze, jump; what fails before the jump is undone",
            new CommandExample("update --dry-run --kernel /boot/vmlinuz-next 0000:01:00.0", "what it would do, and what stands in the way"),
            new CommandExample("update --kernel /boot/vmlinuz-next --driver nvme --require warm 0000:01:00.0", "do it; in the next kernel: devkeep restore --session update"),
            new CommandExample("update --kernel /boot/vmlinuz-next --deadline 5 --expect 3 0000:01:00.0", "only if the devices are away for 5 s at most, 3 of them after the jump"))
    {
        _what = new PreservationOptions(host, this, SessionOption.Create("update"), jumps: true);
        _jump = new JumpOptions(this);
        Options.Add(_audit);
        Options.Add(_dryRun);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        using var keeper = _what.Connect(parsed);
        var order = _what.Read(parsed, run);
        var terms = _jump.Read(parsed);
        if (parsed.GetValue(_dryRun))
        {
            var report = run.Progress.During($"Checking {order.Next.ImagePath}", () => order.Check(keeper));
            var plan = UpdatePlanResult.Of(order, report, order.OpenMemory(keeper), terms.Estimate(rehearsed: null));
            run.Output.Write(plan, DevkeepJson.Shapes.UpdatePlanResult, UpdatePlanView.Render);
            terms.RequireFeasible();
            return plan.Passed ? ExitCode.Success : ExitCode.Failed;
        }

        terms.RequireFeasible();
        using var steps = new SessionSteps(run, parsed.GetValue(_audit), Name, order.Session);
        var (preserved, result) = Preserver.Preserve(order, keeper, run, steps, terms.FreezeLimit);
        foreach (var note in result.Notes)
            run.Note($"{note.Subject}: {note.Reason}");
        try
        {
            new KernelJump(run, steps, terms).Jump(preserved);
        }
        catch
        {
            // All or nothing: what update began it undoes, so that it can be run again.
            steps.During("discard", "Giving the session up", preserved.Discard);
            run.Note($"session {order.Session} was given up; this kernel goes on, and the devices are reset when this command ends.");
            throw;
        }

        return ExitCode.Fault; // it does not return
    }
}
