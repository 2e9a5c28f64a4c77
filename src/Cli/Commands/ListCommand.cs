using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep list</c>.</summary>
internal sealed class ListCommand : DevkeepCommand
{
    private readonly Option<string?> _driver = new("--driver", "-d")
    {
        Description = "Only functions of this driver",
        HelpName = "NAME",
    };

    internal ListCommand(CliHost host)
        : base(
            host,
            "list",
            "List the PCI functions of this host",
            new CommandExample("list", "every function with its driver, IOMMU group and reset methods"),
            new CommandExample("list --driver vfio-pci --json", "those that VFIO has, for a program")) =>
        Options.Add(_driver);

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var driver = parsed.GetValue(_driver);
        var functions = run.Host.Enumerate().Select(DeviceSummary.Of).Where(device => driver is null || device.Driver == driver);
        run.Output.Write(new DeviceList([.. functions]), DevkeepJson.Shapes.DeviceList, DeviceListView.Render);
        return ExitCode.Success;
    }
}
