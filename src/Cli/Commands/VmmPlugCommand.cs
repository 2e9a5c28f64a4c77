using System.CommandLine;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary><c>devkeep vmm plug</c>.</summary>
internal sealed class VmmPlugCommand : DevkeepCommand
{
    private readonly Argument<PciAddress> _device;
    private readonly RunningVmmOptions _vmm;
    private readonly Option<string?> _bus = new("--bus")
    {
        Description = "Where to plug it in: the id of a free pcie-root-port, where QEMU's machine has any",
        HelpName = "ID",
    };

    private readonly Option<string?> _id = new("--id")
    {
        Description = "What the VMM is to call it [default: vfio- and its address]",
        HelpName = "ID",
    };

    private readonly Option<PreservationTier?> _require = TierOption.RequireOfVmm();
    private readonly BrokerOptions _broker;

    internal VmmPlugCommand(CliHost host)
        : base(
            host,
            "plug",
            "Plug a device into a VMM that runs; it is reset, and the VMM has it until it is unplugged or the VMM ends",
            new CommandExample("vmm plug --qmp /run/vm/qmp.sock --bus port1 0000:01:00.0", "into a root port of QEMU's machine"),
            new CommandExample("vmm plug --api /run/vm/api.sock 0000:01:00.0", "into Cloud Hypervisor"))
    {
        _device = AddressArguments.One(host, "The device, on a VFIO driver");
        Arguments.Add(_device);
        _vmm = new RunningVmmOptions(this);
        Options.Add(_bus);
        Options.Add(_id);
        Options.Add(_require);
        _broker = new BrokerOptions(this);
        Validators.Add(result =>
        {
            if (result.GetValue(_id) is { } id && !VmmDeviceId.IsValid(id)) result.AddError($"'{id}' is no id that VMMs take: a letter, then letters, digits, '-', '.' and '_'.");
            if (result.GetResult(_bus) is not null && !_vmm.IsQemu(result)) result.AddError("--bus is of QEMU: Cloud Hypervisor finds a place itself.");
        });
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var function = run.Host.Open(parsed.GetValue(_device));
        var address = function.Address;
        VmmPlan.RequireUsable(function, [address], run.Host.Open);
        VmmPlan.RequireTier(function, parsed.GetValue(_require) ?? PreservationTier.Cold, VmmName.ProgramOf(_vmm.Kind(parsed)));
        var broker = _broker.Socket(parsed, forDevices: true);
        var (id, bus) = (parsed.GetValue(_id) ?? VmmDeviceId.Of(address), parsed.GetValue(_bus));
        using var vmm = _vmm.Connect(parsed);
        vmm.RequirePluggable();
        var request = new DescriptorRequest([function], vmm.TakesIommufd);
        using var descriptors = broker is null ? OwnDescriptors.Open(request) : BrokerDescriptors.Take(broker, request);
        var place = vmm.Plug(new PlugOrder(id, bus, descriptors[Placeholder.Of(address)], vmm.TakesIommufd ? descriptors[Placeholder.Iommufd] : null, descriptors.Connection));
        run.Output.Write(
            new VmmPlugResult(address.ToString(), id, bus, broker, VmmName.Of(_vmm.Kind(parsed)), place),
            DevkeepJson.Shapes.VmmPlugResult,
            static result => new Report().Line($"{result.Device} is plugged in as {result.Id}{(result.GuestAddress is { } place ? $", where the guest has {place}" : "")}"));
        return ExitCode.Success;
    }
}
