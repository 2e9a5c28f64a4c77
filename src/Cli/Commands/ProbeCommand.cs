using System.CommandLine;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep probe</c>.</summary>
internal sealed class ProbeCommand : DevkeepCommand
{
    private readonly Argument<PciAddress[]> _addresses;

    internal ProbeCommand(CliHost host)
        : base(
            host,
            "probe",
            "Show which interfaces of VFIO, iommufd and live update the running kernel has, and what devices support; a device that is named is opened, which resets it",
            new CommandExample("probe", "the kernel alone; nothing is touched"),
            new CommandExample("probe 0000:01:00.0 --json", "a device on a VFIO driver too, for a program"))
    {
        _addresses = AddressArguments.Several(host, "Devices to open and ask; none for the kernel alone", required: false);
        Arguments.Add(_addresses);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var functions = (parsed.GetValue(_addresses) ?? []).Select(run.Host.Open).ToArray();
        var result = KernelProbe.Run(KernelRelease.Running, [.. functions.Select(DeviceProbeResult.Of)]);
        run.Output.Write(result, DevkeepJson.Shapes.ProbeResult, ProbeView.Render);
        return ExitCode.Success;
    }
}
