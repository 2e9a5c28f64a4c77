using Devices.CloudHypervisor;

namespace Devices.Cli;

/// <summary>A Cloud Hypervisor that runs.</summary>
/// <param name="machine">It.</param>
/// <param name="socket">Its socket.</param>
internal sealed class RunningCloudHypervisor(CloudHypervisorMachine machine, string socket) : IRunningVmm
{
    public bool TakesIommufd => false; // its own, or that which it was started with

    public void RequirePluggable()
    {
        var info = machine.Info();
        if (!info.HasIommufd)
            throw new UserException($"The VM at {socket} was started without an iommufd, and takes no device by descriptor: start it with --platform iommufd=on, as devkeep run --vmm cloud-hypervisor does.");
        if (info.State is not (MachineState.Running or MachineState.Paused))
            throw new UserException($"The VM at {socket} is not booted ({info.State}), and would take the device later: boot it first, or start it with the device (devkeep run).");
    }

    // What claimed a device cannot be passed on: it takes descriptors of devices and of networks alone.
    public string? Plug(PlugOrder plug) => machine.AddDevice(plug.Id, plug.Device)?.Bdf;

    public void Unplug(string id, TimeSpan patience) => machine.RemoveDevice(id, patience);

    public void Dispose()
    {
        // Each request has a connection of its own.
    }
}
