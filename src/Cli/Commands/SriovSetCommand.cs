using System.CommandLine;
using Devices.Pci;

namespace Devices.Cli;

/// <summary><c>devkeep sriov set</c>.</summary>
internal sealed class SriovSetCommand : DevkeepCommand
{
    private readonly Argument<PciAddress> _address;
    private readonly Argument<int> _count = new("COUNT")
    {
        Description = "How many VFs it shall have; 0 disables all",
        HelpName = "COUNT",
    };

    private readonly Option<string> _driver = new("--driver", "-d")
    {
        Description = "The driver of the VFs",
        HelpName = "NAME",
        DefaultValueFactory = static _ => "vfio-pci",
    };

    private readonly Option<bool> _native = new("--native")
    {
        Description = "Leave the VFs to the kernel's own choice of driver",
    };

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Also disable VFs whose disks are in use",
    };

    internal SriovSetCommand(CliHost host)
        : base(
            host,
            "set",
            "Give a PF that many VFs, and the VFs to a driver, vfio-pci unless told otherwise. All or nothing; another number than before makes all VFs anew",
            new CommandExample("sriov set 0000:01:00.0 64", "64 VFs on vfio-pci"),
            new CommandExample("sriov set 0000:01:00.0 0", "none; refused while a process has one open"))
    {
        _address = AddressArguments.One(host, "The PF");
        Arguments.Add(_address);
        Arguments.Add(_count);
        Options.Add(_driver);
        Options.Add(_native);
        Options.Add(_force);
        Validators.Add(result =>
        {
            if (result.GetValue(_native) && result.GetResult(_driver) is { Implicit: false })
                result.AddError("--native leaves the VFs to the kernel, --driver does not: give one of them.");
        });
    }

    internal static SriovControl Require(PciFunction function) =>
        function.Sriov
        ?? throw new UserException(function.PhysicalFunction is { } physical
            ? $"{function.Address} is a VF itself, of {physical}."
            : $"{function.Address} has no SR-IOV, or the kernel was built without it (CONFIG_PCI_IOV).");

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var function = run.Host.Open(parsed.GetValue(_address));
        var sriov = Require(function);
        var count = parsed.GetValue(_count);
        var before = sriov.NumVfs;
        if (before != count && !parsed.GetValue(_force))
        {
            foreach (var vf in sriov.OpenVfs().Where(static vf => vf.Driver is { } driver && !driver.StartsWith("vfio", StringComparison.Ordinal)))
                DeviceUse.RequireIdle(vf);
        }

        // From here on it is finished or undone, whoever presses Ctrl-C.
        run.Interruption.TakeCare();
        var now = default(SriovProgress);
        var options = new SriovOptions
        {
            Driver = parsed.GetValue(_native) ? null : parsed.GetValue(_driver),
            Logger = run.Loggers.CreateLogger(nameof(SriovControl)),
            Progress = progress =>
            {
                now = progress;
                if (progress is { Done: 0, Phase: not SriovPhase.RollingBack })
                    run.Interruption.Checkpoint();
            },
        };
        run.Progress.During($"VFs of {function.Address}", () => sriov.Resize(count, options), () => SriovListView.Describe(now));
        run.Output.Write(new SriovChange(before, PhysicalFunctionDetail.Of(function, sriov)), DevkeepJson.Shapes.SriovChange, SriovListView.Render);
        return ExitCode.Success;
    }
}
