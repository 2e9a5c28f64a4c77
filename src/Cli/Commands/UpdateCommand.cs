using System.CommandLine;
using Devices.LiveUpdate;
using Devices.Preservation;

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
            new CommandExample("update --kernel /boot/vmlinuz-next --member /run/disks/member.sock --member /run/net/member.sock", "the devices of two processes, together"),
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
        using var members = _what.ConnectMembers(parsed);
        if (parsed.GetValue(_dryRun))
        {
            var all = new PreservationSet(members.All, new OwnSession(order.Session, order.Functions, static () => throw new NotSupportedException("A dry run preserves nothing.")));
            var plan = run.Progress.During($"Checking {order.Next.ImagePath}", () =>
            {
                var findings = members.Plan(all);
                var joint = order.With(NamedMembers.DevicesOf(all));
                var own = joint.Check(keeper);
                return UpdatePlanResult.Of(joint, own with { Findings = [.. own.Findings, .. findings] }, joint.OpenMemory(keeper), terms.With(all).Estimate(rehearsed: null), PlannedMemberResult.Of(all));
            });
            run.Output.Write(plan, DevkeepJson.Shapes.UpdatePlanResult, UpdatePlanView.Render);
            terms.With(all).RequireFeasible();
            return plan.Passed ? ExitCode.Success : ExitCode.Failed;
        }

        terms.RequireFeasible();
        using var steps = new SessionSteps(run, parsed.GetValue(_audit), Name, order.Session);
        var set = Preserve(order, keeper, members, run, steps, terms, out var session);
        try
        {
            new KernelJump(run, steps, terms.With(set), set, session).Jump();
        }
        catch
        {
            // All or nothing: what update began it undoes, so that it can be run again.
            steps.During("discard", "Giving the session up", set.Discard);
            run.Note($"session {order.Session} was given up; this kernel goes on, and the devices are reset when this command ends.");
            if (members.All.Count > 0) run.Note("the members' devices work on, as if nothing had been.");
            throw;
        }

        return ExitCode.Fault; // it does not return
    }

    private static PreservationSet Preserve(PreservationOrder order, KeeperClient keeper, NamedMembers members, CommandRun run, SessionSteps steps, JumpTerms terms, out OwnSession own)
    {
        PreserveResult? result = null;
        own = new OwnSession(order.Session, order.Functions, () =>
        {
            (var preserved, result) = Preserver.Preserve(order, keeper, run, steps, terms.FreezeLimit);
            return preserved;
        });
        var set = new PreservationSet(members.All, own, steps.Tell);
        var findings = members.Plan(set);
        steps.Members = set.Plans;
        if (findings.Any(static finding => finding.Level == FindingLevel.Refused)) throw new PreflightException(new PreflightReport(findings, []));
        order = order.With(NamedMembers.DevicesOf(set));
        set.Preserve(terms.FreezeLimit);
        foreach (var note in result!.Notes.Concat(findings.Where(static finding => finding.Level == FindingLevel.Note).Select(FindingResult.Of)))
            run.Note($"{note.Subject}: {note.Reason}");
        return set;
    }
}
