using Devices.HwTests.Cli;
using Devices.HwTests.Lab;
using Devices.HwTests.LiveUpdate;
using Devices.Pci;

namespace Devices.HwTests.Broker;

/// <summary>What clients without rights had devkeepd keep before the jump is theirs, and nobody else's.</summary>
public sealed class ClientMemoryOverKexecTests
{
    [Fact, AfterKexec("memory")]
    public void The_owner_gets_memory_and_device_and_nobody_else_does()
    {
        const string KeeperPath = "/run/devkeepd-keeper/keeper.sock";
        using var keeper = KeeperProcess.Start(KeeperPath);
        using var worker = keeper.Connect();
        var nvme = ClientSessionsOverKexec.Nvme;
        Assert.Equal("vfio-pci", PciFunction.Open(nvme).Driver); // by vfio-pci.ids, which devkeep preserve composed for it
        using var service = new ClientSessionsOverKexec(KeeperPath);
        using (var root = new SessionCaller(ClientSessionsOverKexec.SocketPath))
        {
            // What was not frozen is lost.
            Assert.Equal(
                [(SessionGuest.Session, SessionGuest.Owner), (SessionGuest.Shell, SessionGuest.Owner)],
                root.List().Select(static session => (session.Name, (int)session.User)));
            SessionCaller.Refused("NotAllowed", () => root.Restore(SessionGuest.Session)); // root sees it, and it is not root's
        }

        service.RefuseStranger();
        service.Restart();
        // Refused before anything is asked for: the session stays as it arrived.
        using (var vmm = Devkeep.StartAs(SessionGuest.Owner, memlock: 1 << 20, "session", "restore", SessionGuest.Session, "--", "true", "{memory:ram}", "{iommufd}", $"{{device:{nvme}}}"))
            Assert.Contains("RLIMIT_MEMLOCK", vmm.StandardError.ReadToEnd(), StringComparison.Ordinal);

        using (var owner = SessionGuest.Start(SessionGuest.Owner, "restore", ClientSessionsOverKexec.SocketPath, nvme))
        {
            owner.Await("restored");
            owner.Continue();
            Assert.Equal(0, owner.ExitCode);
        }

        using (var shell = Devkeep.StartAs(SessionGuest.Owner, memlock: 1 << 20, "session", "restore", SessionGuest.Shell, "--finish", "--", "sh", "-c", "cat /proc/self/fd/$1", "sh", "{memory:rows}"))
        {
            var output = shell.StandardOutput.ReadToEnd();
            Assert.Equal((SessionGuest.Shell, ""), (output, shell.StandardError.ReadToEnd()));
        }

        Assert.Empty(worker.Status().Sessions);
        Assert.Empty(worker.List());
        new DriverBinding().Unbind(PciFunction.Open(nvme));
    }
}
