using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep update</c>.</summary>
internal sealed class UpdateCommand : DevkeepCommand
{
    private readonly PreservationOptions _what;
    private readonly Option<TimeSpan?> _limit = FreezeLimitOption.Create();
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
            new CommandExample("update --kernel /boot/vmlinuz-next --driver nvme --require warm 0000:01:00.0", "do it; in the next kernel: devkeep restore --session update"))
    {
        _what = new PreservationOptions(host, this, SessionOption.CreateWithDefault("update"));
        Options.Add(_limit);
        Options.Add(_dryRun);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        using var keeper = _what.Connect(parsed);
        var order = _what.Read(parsed, run) with { FreezeLimit = parsed.GetValue(_limit) ?? FreezeLimitOption.Default };
        if (parsed.GetValue(_dryRun))
        {
            var plan = UpdatePlanResult.Of(order, order.Check(keeper, run));
            run.Output.Write(plan, DevkeepJson.Shapes.UpdatePlanResult, UpdatePlanView.Render);
            return plan.Passed ? ExitCode.Success : ExitCode.Failed;
        }

        var (preserved, result) = Preserver.Preserve(order, keeper, run);
        foreach (var note in result.Notes)
            run.Note($"{note.Subject}: {note.Reason}");
        try
        {
            KernelJump.Jump(preserved, run);
        }
        catch
        {
            // All or nothing: what update began it undoes, so that it can be run again.
            preserved.Discard();
            run.Note($"session {order.Session} was given up; this kernel goes on, and the devices are reset when this command ends.");
            throw;
        }

        return ExitCode.Success;
    }
}
