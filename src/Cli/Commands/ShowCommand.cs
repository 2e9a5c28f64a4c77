using System.CommandLine;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep show</c>.</summary>
internal sealed class ShowCommand : DevkeepCommand
{
    private readonly Argument<PciAddress> _address;

    internal ShowCommand(CliHost host)
        : base(
            host,
            "show",
            "Show all about one function: capabilities, BARs, interrupts, IOMMU group, reset methods, and how much of it can survive a kexec",
            new CommandExample("show 0000:01:00.0", "for people"),
            new CommandExample("show 01:00.0 --json", "for a program; domain 0 may be left out"))
    {
        _address = AddressArguments.One(host, "The function");
        Arguments.Add(_address);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var function = run.Host.Open(parsed.GetValue(_address));
        run.Output.Write(DeviceDetail.Of(function, run.Host.Enumerate(), run.Host.Names), DevkeepJson.Shapes.DeviceDetail, DeviceDetailView.Render);
        return ExitCode.Success;
    }
}
