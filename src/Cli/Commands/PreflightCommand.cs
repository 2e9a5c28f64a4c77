using System.CommandLine;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary><c>devkeep preflight</c>.</summary>
internal sealed class PreflightCommand : DevkeepCommand
{
    private readonly Argument<PciAddress[]> _addresses;
    private readonly NextKernelOptions _kernel;
    private readonly Option<PreservationTier?> _require = TierOption.Require();
    private readonly Option<PreservationTier?> _atMost = TierOption.AtMost();

    internal PreflightCommand(CliHost host)
        : base(
            host,
            "preflight",
            "Check whether devices could be kept over a kexec, without touching them; exit code 1 if not",
            new CommandExample("preflight 0000:01:00.0", "into the running kernel's own image"),
            new CommandExample("preflight --image /boot/vmlinuz-next --require warm 0000:01:00.0", "into another kernel, and nothing less than warm"))
    {
        _addresses = AddressArguments.Several(host, "The devices to keep; none to check the kernels alone", required: false);
        Arguments.Add(_addresses);
        _kernel = new NextKernelOptions(this);
        Options.Add(_require);
        Options.Add(_atMost);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var functions = (parsed.GetValue(_addresses) ?? []).Select(run.Host.Open).ToArray();
        var next = _kernel.Read(parsed, run);
        var require = parsed.GetValue(_require) ?? PreservationTier.Cold;
        var atMost = parsed.GetValue(_atMost) ?? PreservationTier.Live;
        var report = run.Progress.During($"Checking {next.ImagePath}", () => Preflighter.Check(next, functions, require, atMost));
        run.Output.Write(PreflightResult.Of(report), DevkeepJson.Shapes.PreflightResult, PreflightView.Render);
        return report.IsPassed ? ExitCode.Success : ExitCode.Failed;
    }
}
