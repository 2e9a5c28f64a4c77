using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep preserve</c>.</summary>
internal sealed class PreserveCommand : DevkeepCommand
{
    private readonly PreservationOptions _what;
    private readonly Option<string?> _audit = AuditOption.Create();

    internal PreserveCommand(CliHost host)
        : base(
            host,
            "preserve",
            "Open devices, map memory for them, and put both into a session that survives a kexec; or memory alone",
            new CommandExample("preserve --session lab --memory ram=256M@0x100000000 0000:00:03.0", "one device and its memory, into the running kernel's own image"),
            new CommandExample("preserve -s lab -i /boot/vmlinuz-next --require warm 0000:01:00.0", "refused unless the device need not be reset"),
            new CommandExample("preserve -s lab --driver nvme 0000:01:00.0", "a controller that devkeep itself has initialised"),
            new CommandExample("preserve -s lab --memory cache", "memory of devkeep memory create, and no device"))
    {
        _what = new PreservationOptions(host, this, SessionOption.Create(), jumps: false);
        Options.Add(_audit);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        using var keeper = _what.Connect(parsed);
        var order = _what.Read(parsed, run);
        using var steps = new SessionSteps(run, parsed.GetValue(_audit), Name, order.Session);
        var (_, result) = Preserver.Preserve(order, keeper, run, steps);
        run.Output.Write(result, DevkeepJson.Shapes.PreserveResult, PreserveView.Render);
        return ExitCode.Success;
    }
}
