using System.CommandLine;
using System.CommandLine.Parsing;
using Devices.CloudHypervisor;
using Devices.Qemu;

namespace Devices.Cli;

/// <summary>Which VMM that runs, and how long it may take.</summary>
internal sealed class RunningVmmOptions
{
    // To pin a large guest's memory takes long, and so do guests that let go of a device.
    private static readonly TimeSpan s_usual = TimeSpan.FromMinutes(1);

    private readonly Option<VmmKind?> _vmm = VmmName.Option("Which VMM: qemu or cloud-hypervisor [default: the one whose socket is given]", "");

    private readonly Option<string?> _monitor = new("--qmp")
    {
        Description = "QEMU's monitor: SOCKET of its -qmp unix:SOCKET,server=on,wait=off",
        HelpName = "SOCKET",
    };

    private readonly Option<string?> _api = new("--api")
    {
        Description = "Cloud Hypervisor's API: SOCKET of its --api-socket SOCKET",
        HelpName = "SOCKET",
    };

    private readonly Option<TimeSpan?> _patience = SecondsOption.Create("--patience", $"How long the VMM and its guest may take for each step [default: {s_usual.TotalSeconds}]");

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="qemuAlone">Whether it is of QEMU alone.</param>
    internal RunningVmmOptions(Command command, bool qemuAlone = false)
    {
        foreach (var option in qemuAlone ? [_monitor, _patience] : new Option[] { _vmm, _monitor, _api, _patience }) command.Options.Add(option);
        _monitor.Required = qemuAlone;
        if (qemuAlone) return;
        command.Validators.Add(result =>
        {
            var (monitor, api) = (result.GetResult(_monitor) is not null, result.GetResult(_api) is not null);
            if (monitor == api) result.AddError(monitor ? "--qmp is of QEMU and --api of Cloud Hypervisor: give one." : "Which VMM? Give the socket of QEMU (--qmp) or of Cloud Hypervisor (--api).");
            else if (result.GetResult(_vmm) is { Tokens: [var name] } && VmmName.TryParse(name.Value, out var named) && named != (monitor ? VmmKind.Qemu : VmmKind.CloudHypervisor))
                result.AddError($"--vmm {name.Value} goes with {(named == VmmKind.Qemu ? "--qmp" : "--api")}.");
        });
    }

    internal TimeSpan Patience(ParseResult parsed) => parsed.GetValue(_patience) ?? s_usual;

    /// <summary>Whether a command line that is still checked is about QEMU.</summary>
    internal bool IsQemu(CommandResult result) => result.GetResult(_api) is null;

    internal VmmKind Kind(ParseResult parsed) => parsed.GetValue(_api) is null ? VmmKind.Qemu : VmmKind.CloudHypervisor;

    /// <summary>Connects to it.</summary>
    internal IRunningVmm Connect(ParseResult parsed) => parsed.GetValue(_api) is { } api
        ? new RunningCloudHypervisor(new CloudHypervisorMachine(api, Patience(parsed)), api)
        : new RunningQemu(ConnectQemu(parsed));

    /// <summary>Connects to a QEMU.</summary>
    internal QemuMachine ConnectQemu(ParseResult parsed) => QemuMachine.Connect(parsed.GetValue(_monitor)!, Patience(parsed));
}
