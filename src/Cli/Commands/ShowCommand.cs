using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep show</c>.</summary>
internal sealed class ShowCommand : DevkeepCommand
{
    private readonly Argument<ConfigTarget> _target;

    internal ShowCommand(CliHost host)
        : base(
            host,
            "show",
            "Show all about one function: capabilities, BARs, interrupts, IOMMU group, reset methods, and how much of it can survive a kexec",
            new CommandExample("show 0000:01:00.0", "for people"),
            new CommandExample("show 01:00.0 --json", "for a program; domain 0 may be left out"),
            new CommandExample("show dump#01:00.0", "what a dump of lspci -xxxx or devkeep config dump says of one"))
    {
        _target = ConfigTargetArguments.One(host, "The function; or a dump, FILE#BDF for one function of several");
        Arguments.Add(_target);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        run.Output.Write(Gather(parsed.GetValue(_target), run.Host), DevkeepJson.Shapes.DeviceDetail, DeviceDetailView.Render);
        return ExitCode.Success;
    }

    private static DeviceDetail Gather(ConfigTarget target, CliHost host)
    {
        if (target.File is null)
            return DeviceDetail.Of(host.Open(target.Address!.Value), host.Enumerate(), host.Names);
        using var source = ConfigSource.Open(host, target);
        return DeviceDetail.Of(source, host.Names);
    }
}
