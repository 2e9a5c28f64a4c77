using System.CommandLine;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep sriov list</c>.</summary>
internal sealed class SriovListCommand : DevkeepCommand
{
    private readonly Argument<PciAddress[]> _addresses;

    internal SriovListCommand(CliHost host)
        : base(
            host,
            "list",
            "List the PFs with SR-IOV, how many VFs each has and where; reads no register",
            new CommandExample("sriov list", "all PFs, a line each"),
            new CommandExample("sriov list 0000:01:00.0 --verbose", "one PF, and each of its VFs"))
    {
        _addresses = AddressArguments.Several(host, "The PFs; none for all that there are", required: false);
        Arguments.Add(_addresses);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var named = parsed.GetValue(_addresses) ?? [];
        var functions = named.Length > 0 ? named.Select(run.Host.Open).ToList() : [.. run.Host.Enumerate().Where(static function => function.Sriov is not null)];
        var list = new SriovList([.. functions.Select(static function => PhysicalFunctionDetail.Of(function, SriovSetCommand.Require(function)))]);
        run.Output.Write(list, DevkeepJson.Shapes.SriovList, result => SriovListView.Render(result, run.Verbose));
        return ExitCode.Success;
    }
}
