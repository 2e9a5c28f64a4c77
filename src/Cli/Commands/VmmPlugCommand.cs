using System.CommandLine;
using Devices.Pci;
using Devices.Qemu;

namespace Devices.Cli;

/// <summary><c>devkeep vmm plug</c>.</summary>
internal sealed class VmmPlugCommand : DevkeepCommand
{
    private readonly Argument<PciAddress> _device;
    private readonly QmpOptions _qemu;
    private readonly Option<string?> _bus = new("--bus")
    {
        Description = "Where to plug it in: the id of a free pcie-root-port, where the machine has any",
        HelpName = "ID",
    };

    private readonly Option<string?> _id = new("--id")
    {
        Description = "What QEMU is to call it [default: vfio- and its address]",
        HelpName = "ID",
    };

    private readonly BrokerOptions _broker;

    internal VmmPlugCommand(CliHost host)
        : base(
            host,
            "plug",
            "Plug a device into a QEMU that runs; it is reset, and QEMU has it until it is unplugged or QEMU ends",
            new CommandExample("vmm plug --qmp /run/vm/qmp.sock --bus port1 0000:01:00.0", "into a root port of the machine"))
    {
        _device = AddressArguments.One(host, "The device, on a VFIO driver");
        Arguments.Add(_device);
        _qemu = new QmpOptions(this);
        Options.Add(_bus);
        Options.Add(_id);
        _broker = new BrokerOptions(this);
        Validators.Add(result =>
        {
            if (result.GetValue(_id) is { } id && !QemuDeviceId.IsValid(id)) result.AddError($"QEMU takes no id '{id}': a letter, then letters, digits, '-', '.' and '_'.");
        });
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var function = run.Host.Open(parsed.GetValue(_device));
        var address = function.Address;
        VmmPlan.RequireUsable(function, [address], run.Host.Open);
        var broker = _broker.Socket(parsed, forDevices: true);
        var request = new DescriptorRequest([function], Iommufd: true);
        var (id, bus) = (parsed.GetValue(_id) ?? QemuDeviceId.Of(address), parsed.GetValue(_bus));
        using var qemu = _qemu.Connect(parsed);
        using var descriptors = broker is null ? OwnDescriptors.Open(request) : BrokerDescriptors.Take(broker, request);
        qemu.Plug(new VfioPlug(id, descriptors[Placeholder.Of(address)], descriptors[Placeholder.Iommufd]) { Bus = bus, Claim = descriptors.Connection });
        run.Output.Write(
            new VmmPlugResult(address.ToString(), id, bus, broker),
            DevkeepJson.Shapes.VmmPlugResult,
            static result => new Report().Line($"{result.Device} is plugged in as {result.Id}"));
        return ExitCode.Success;
    }
}
