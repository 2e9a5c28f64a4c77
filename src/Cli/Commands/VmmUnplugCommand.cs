using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep vmm unplug</c>.</summary>
internal sealed class VmmUnplugCommand : DevkeepCommand
{
    private readonly Argument<string> _device = new("DEVICE")
    {
        Description = "The device's address on the host, where vmm plug gave it no other id; or what the VMM calls it",
        HelpName = "BDF|ID",
    };

    private readonly RunningVmmOptions _vmm;

    internal VmmUnplugCommand(CliHost host)
        : base(
            host,
            "unplug",
            "Ask a VMM's guest to let go of a device, and wait until it has; the device is reset then, and goes back to devkeepd if that gave it",
            new CommandExample("vmm unplug --qmp /run/vm/qmp.sock 0000:01:00.0", "Linux guests take five seconds"))
    {
        Arguments.Add(_device);
        _vmm = new RunningVmmOptions(this);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var id = VmmDeviceId.Parse(parsed.GetRequiredValue(_device));
        using var vmm = _vmm.Connect(parsed);
        run.Progress.During($"Waiting until the guest lets go of {id}", () => vmm.Unplug(id, _vmm.Patience(parsed)));
        run.Output.Write(new VmmUnplugResult(id), DevkeepJson.Shapes.VmmUnplugResult, static result => new Report().Line($"{result.Id} is unplugged"));
        return ExitCode.Success;
    }
}
