using Devices.Qemu;

namespace Devices.Cli;

/// <summary>A QEMU that runs.</summary>
/// <param name="machine">It, owned by this object.</param>
internal sealed class RunningQemu(QemuMachine machine) : IRunningVmm
{
    public bool TakesIommufd => true;

    public void RequirePluggable()
    {
        // What it can take depends on the bus, and it says so itself before it opens anything.
    }

    public string? Plug(PlugOrder plug)
    {
        machine.Plug(new VfioPlug(plug.Id, plug.Device, plug.Iommufd!) { Bus = plug.Bus, Claim = plug.Claim });
        return null;
    }

    public void Unplug(string id, TimeSpan patience) => machine.Unplug(id, patience);

    public void Dispose() => machine.Dispose();
}
