using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.Pci;

namespace Devices.HwTests.Broker;

/// <summary>A program without rights, in a systemd unit's control group, that drives a device of devkeepd's until it is killed: this program again, with the command <c>guest</c>.</summary>
internal sealed class UnprivilegedGuest : IDisposable
{
    internal const int User = 65534;
    internal const string Unit = "vm@one.service";
    private const string Ready = "ready";
    private const string ControlGroup = $"/sys/fs/cgroup/devkeep.slice/{Unit}";
    private readonly TalkingProcess _process;

    private UnprivilegedGuest(TalkingProcess process) => _process = process;

    internal int Id => _process.Id;

    /// <summary>Starts it, and waits until the device works.</summary>
    internal static UnprivilegedGuest Start(string socket, PciAddress device)
    {
        Directory.CreateDirectory(ControlGroup);
        var command = $"echo $$ > {ControlGroup}/cgroup.procs && exec setpriv --reuid {User} --regid {User} --clear-groups \"$0\" guest \"$1\" \"$2\"";
        var guest = new UnprivilegedGuest(TalkingProcess.Start("sh", "-c", command, Environment.ProcessPath!, socket, device.ToString()));
        guest._process.Await(Ready);
        return guest;
    }

    /// <summary>Is the guest.</summary>
    internal static int Run(string socket, string device)
    {
        var address = PciAddress.Parse(device);
        // What the service is there for: alone it can open neither.
        foreach (var path in new[] { "/dev/iommu", $"/dev/vfio/devices/{PciFunction.Open(address).VfioCdevName}" })
        {
            Assert.Null(FileDescriptor.TryOpen(path, OpenMode.ReadWrite, out var errno));
            Assert.Equal(Errno.EACCES, errno);
        }

        using var caller = new BrokerCaller(socket);
        Assert.Equal(Unit, Assert.Single(caller.Status().Clients).Unit);
        Assert.Equal(device, Assert.Single(caller.List()).Address);
        caller.Claim(address);
        using var nvme = GuestNvme.Start(caller.Open(address));
        nvme.Work();
        TalkingProcess.Say(Ready);
        while (true) nvme.Work();
    }

    internal void Kill() => _process.Kill();

    public void Dispose()
    {
        _process.Dispose();
        Directory.Delete(ControlGroup);
        Directory.Delete(Path.GetDirectoryName(ControlGroup)!);
    }
}
