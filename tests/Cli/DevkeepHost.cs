using Devices.Cli;
using Devices.Pci;
using Devices.Tests.Pci;

namespace Devices.Tests.Cli;

/// <summary>Runs devkeep in this process on a tree in sysfs' layout, and keeps what it printed.</summary>
internal sealed class DevkeepHost : IDisposable
{
    internal const string Nvme = "0000:01:00.0";
    internal const string Edu = "0000:00:03.0";

    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    internal DevkeepHost(bool terminal = false)
    {
        Sysfs = new FakeSysfs();
        Host = new CliHost(
            _output,
            _error,
            terminal,
            ErrorIsTerminal: false,
            () => PciFunction.EnumerateAll(Sysfs.Tree),
            address => PciFunction.Open(address, Sysfs.Tree),
            options => PciInventory.Take(options, Sysfs.Tree),
            PciNames.Parse("1b36  Red Hat, Inc.\n\t0010  QEMU NVM Express Controller\n8086  Intel Corporation\n\t10ca  82576 Virtual Function\n"),
            AuditPath: null);
    }

    internal FakeSysfs Sysfs { get; }

    internal CliHost Host { get; }

    internal string Output => _output.ToString();

    internal string Error => _error.ToString();

    /// <summary>An NVMe controller on vfio-pci behind a root port, and an edu device without a driver on the root bus.</summary>
    internal static DevkeepHost WithTwoDevices(bool terminal = false)
    {
        var host = new DevkeepHost(terminal);
        var sysfs = host.Sysfs;
        sysfs.Add("0000:00:02.0", vendor: "0x1b36", device: "0x000c", @class: "0x060400");
        sysfs.Add(Nvme, below: "0000:00:02.0");
        sysfs.AddDriver("vfio-pci");
        sysfs.Link(Nvme, "driver", "bus/pci/drivers/vfio-pci");
        sysfs.Link(Nvme, "iommu_group", "kernel/iommu_groups/7");
        sysfs.Set(Nvme, "driver_override", "vfio-pci");
        sysfs.Set(Nvme, "reset_method", "flr bus");
        sysfs.Set(Nvme, "power_state", "D0");
        sysfs.Set(Nvme, "resource", "0x00000000fe800000 0x00000000fe803fff 0x0000000000140204");
        sysfs.MakeDirectory("bus/pci/devices/" + Nvme + "/vfio-dev/vfio0");
        sysfs.Add(Edu, vendor: "0x1234", device: "0x11e8", @class: "0x00ff00");
        return host;
    }

    internal int Run(params string[] args) => DevkeepProgram.Run(args, Host);

    public void Dispose() => Sysfs.Dispose();
}
