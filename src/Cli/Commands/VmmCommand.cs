using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep vmm</c>: commands on a VMM that runs.</summary>
internal sealed class VmmCommand : Command
{
    internal VmmCommand(CliHost host)
        : base("vmm", "Plug devices into a VMM that runs, QEMU or Cloud Hypervisor, and unplug them; save QEMU's guest, and have it go on")
    {
        Subcommands.Add(new VmmPlugCommand(host));
        Subcommands.Add(new VmmUnplugCommand(host));
        Subcommands.Add(new VmmSaveCommand(host));
        Subcommands.Add(new VmmLoadCommand(host));
    }
}
