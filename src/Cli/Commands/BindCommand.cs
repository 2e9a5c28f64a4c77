using System.CommandLine;
using Devices.Pci;
using Microsoft.Extensions.Logging;

namespace Devices.Cli;

/// <summary><c>devkeep bind</c>.</summary>
internal sealed class BindCommand : DevkeepCommand
{
    private readonly Argument<PciAddress[]> _addresses;
    private readonly Option<string> _driver = new("--driver", "-d")
    {
        Description = "The driver",
        HelpName = "NAME",
        DefaultValueFactory = static _ => "vfio-pci",
    };

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Also take a device away whose disks are in use",
    };

    internal BindCommand(CliHost host)
        : base(
            host,
            "bind",
            "Give functions to a driver, vfio-pci unless told otherwise, and to no other (driver_override)",
            new CommandExample("bind 0000:01:00.0", "to vfio-pci, from whatever driver has it"),
            new CommandExample("bind 0000:01:00.0 0000:01:00.1", "both functions of a card"))
    {
        _addresses = AddressArguments.Several(host, "The functions");
        Arguments.Add(_addresses);
        Options.Add(_driver);
        Options.Add(_force);
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var driver = parsed.GetRequiredValue(_driver);
        var functions = parsed.GetRequiredValue(_addresses).Select(run.Host.Open).ToArray();

        // All are looked at before the first one is touched.
        if (!parsed.GetValue(_force))
        {
            foreach (var function in functions.Where(function => function.Driver != driver))
                DeviceUse.RequireIdle(function);
        }

        var binding = new DriverBinding(run.Loggers.CreateLogger<DriverBinding>());
        var result = BindingChanges.Make(functions, function => run.Progress.During($"Binding {function.Address} to {driver}", () => binding.Bind(function, driver)), run);
        run.Output.Write(result, DevkeepJson.Shapes.BindingResult, BindingResultView.Render);
        if (driver.StartsWith("vfio", StringComparison.Ordinal))
            NoteSharedGroups(functions, run);
        return ExitCode.Success;
    }

    // VFIO refuses a device while a native driver does DMA in its group; better said now than at the first open.
    private static void NoteSharedGroups(PciFunction[] functions, CommandRun run)
    {
        var all = run.Host.Enumerate();
        foreach (var function in functions)
        {
            var group = function.IommuGroup;
            if (group is null)
            {
                run.Note($"{function.Address} is in no IOMMU group: without an IOMMU no VFIO device can be opened safely. Boot with intel_iommu=on or amd_iommu=on.");
                continue;
            }

            foreach (var other in all.Where(other => other.IommuGroup == group && other.ClassCode.BaseClass != 0x06 && other.Driver is { } native && !native.StartsWith("vfio", StringComparison.Ordinal)))
                run.Note($"{function.Address} cannot be used while {other.Address} of its IOMMU group {group} is {other.Driver}'s: bind that to vfio-pci too, or unbind it.");
        }
    }
}
