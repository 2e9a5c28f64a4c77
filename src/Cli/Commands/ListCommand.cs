using System.CommandLine;
using System.Globalization;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep list</c>.</summary>
internal sealed class ListCommand : DevkeepCommand
{
    private readonly Option<string?> _driver = new("--driver", "-d")
    {
        Description = "Only functions of this driver",
        HelpName = "NAME",
    };

    private readonly Option<string?> _ids = new("--id")
    {
        Description = "Only functions of this vendor, or of this vendor and device",
        HelpName = "VENDOR[:DEVICE]",
    };

    private readonly Option<string?> _class = new("--class")
    {
        Description = "Only functions whose class code begins so: 01 mass storage, 0108 NVM, 02 network",
        HelpName = "HEX",
    };

    private readonly Option<PciAddress?> _physicalFunction;

    private readonly Option<bool> _noVfs = new("--no-vfs")
    {
        Description = "Leave VFs out; their PF says how many there are",
    };

    internal ListCommand(CliHost host)
        : base(
            host,
            "list",
            "List the PCI functions of this host, VFs below their PF; --verbose adds names",
            new CommandExample("list", "every function with its driver, IOMMU group and reset methods"),
            new CommandExample("list --pf 0000:01:00.0 --verbose", "a PF and its VFs, with names of vendor and device"),
            new CommandExample("list --driver vfio-pci --json", "those that VFIO has, for a program"))
    {
        _physicalFunction = AddressArguments.Option(host, "--pf", "Only this PF and its VFs");
        Options.Add(_driver);
        Options.Add(_ids);
        Options.Add(_class);
        Options.Add(_physicalFunction);
        Options.Add(_noVfs);
        Validators.Add(result =>
        {
            if (result.GetValue(_ids) is { } ids && !ids.Split(':', 2).All(static id => id.Length == 4 && IsHex(id)))
                result.AddError($"'{ids}' is no vendor id: write four hexadecimal digits as in 8086, or vendor and device as in 8086:10ca.");
            if (result.GetValue(_class) is { } code && !(code.Length <= 6 && IsHex(code)))
                result.AddError($"'{code}' is no class code: write one to six hexadecimal digits as in 0108.");
        });
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        // What costs nothing first: each function that is left out is one less to ask the kernel about.
        IEnumerable<PciFunction> functions = run.Host.Enumerate();
        if (parsed.GetValue(_ids) is { } ids)
            functions = functions.Where(function => $"{function.VendorId:x4}:{function.DeviceId:x4}".StartsWith(ids, StringComparison.OrdinalIgnoreCase));
        if (parsed.GetValue(_class) is { } code)
            functions = functions.Where(function => function.ClassCode.ToString().StartsWith(code, StringComparison.OrdinalIgnoreCase));
        if (parsed.GetValue(_physicalFunction) is { } physical)
            functions = functions.Where(function => (function.PhysicalFunction ?? function.Address) == physical);
        if (parsed.GetValue(_noVfs))
            functions = functions.Where(static function => !function.IsVirtualFunction);
        if (parsed.GetValue(_driver) is { } driver)
            functions = functions.Where(function => function.Driver == driver);
        var devices = functions.Select(function => DeviceSummary.Of(function, run.Host.Names));
        run.Output.Write(new DeviceList([.. devices]), DevkeepJson.Shapes.DeviceList, list => DeviceListView.Render(list, run.Verbose));
        return ExitCode.Success;
    }

    private static bool IsHex(string text) => uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
}
