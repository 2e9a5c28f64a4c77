using Devices.HwTests.Cli;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using NextKernel = Devices.HwTests.Lab.NextKernel;

namespace Devices.HwTests.Systemd;

/// <summary>The keeper by its unit as it is shipped, with systemd as PID 1: what it holds, systemd holds with it.</summary>
[Guest("systemd")]
public sealed class KeeperUnitTests : IDisposable
{
    private const string Session = "lab";
    private const string Rows = "rows";

    private readonly BorrowedFunction _nvme = new(Units.Nvme());

    public KeeperUnitTests() => Units.Do("start", Units.Keeper);

    private string Nvme => _nvme.Function.Address.ToString();

    public void Dispose()
    {
        Units.Do("stop", Units.Keeper);
        _nvme.Dispose();
    }

    [SkippableFact]
    public void What_was_preserved_outlives_the_keeper_and_the_commands_go_on()
    {
        // The next kernel's vfio-pci has these ids: a controller of the same kind has to be its too.
        using var twin = new BorrowedFunction(PciFunction.Open(PciAddress.Parse(Rig.ByClass(BoundDevice.NvmeClass)[1])));
        using (var creator = KeeperClient.Connect()) NamedMemory.Create(creator, Rows, 4 << 20);
        Devkeep.Json("preserve", "--session", Session, "--memory", Rows, "--image", NextKernel.ImagePath, "--driver", "nvme", Nvme);
        using var worker = KeeperClient.Connect();
        var held = Held(worker);
        Assert.Contains(held, static each => each.Name == $"memory:{Rows}");
        Assert.Contains(held, each => each.Name == $"{Session}/device/{Nvme}");
        // Of what is held by two names one descriptor is stored; then the session, and what tells of all.
        Assert.Contains(held, static each => each.Name == $"{Session}/memory/{Rows}");
        Assert.Equal(held.Count - 1 + 1 + 1, Units.Stored(Units.Keeper));

        using (var resets = new KernelCalls(KernelCalls.FunctionLevelReset))
        {
            Units.Kill(Units.Keeper);
            Assert.Equal(held, Held(worker)); // by the same connection to whoever uses it
            Assert.Equal((Session, SessionDirection.Outgoing), Assert.Single(worker.Status().Sessions) is var session ? (session.Name.Value, session.Direction) : default);
            Units.Do("restart", Units.Keeper);
            Assert.Equal(held, Held(worker));
            Assert.Equal(Units.ShowNumber(Units.Keeper, "MainPID"), worker.Status().ProcessId);
            Assert.Equal(0, resets.Count);
        }

        var rehearsed = Devkeep.Json("kexec", "--session", Session, "--rehearse");
        Assert.Empty(rehearsed.GetProperty("stopped_holders").EnumerateArray());
        Devkeep.Json("discard", "--session", Session);
        Assert.Equal([$"memory:{Rows}"], Held(worker).Select(static each => each.Name));
        Assert.Equal(2, Units.Stored(Units.Keeper));
        // systemd's hold is no use that somebody makes of it.
        Devkeep.Json("memory", "remove", Rows);
        Units.Await(Units.Keeper, "NFileDescriptorStore", "0");
    }

    [SkippableFact]
    public void Sessions_are_told_apart_and_what_has_hung_up_stays()
    {
        using var worker = KeeperClient.Connect();
        var (hungUp, other) = UnixChannel.Pair();
        using (hungUp)
        using (var iommufd = FileDescriptor.Open("/dev/iommu", OpenMode.ReadWrite))
        using (var second = FileDescriptor.Open("/dev/iommu", OpenMode.ReadWrite))
        {
            // systemd drops what hangs up, unless it is told not to look.
            other.Dispose();
            worker.Put("hung-up", hungUp.Fd);
            worker.Put("iommufd", iommufd);
            worker.Put("second", second);
            worker.Put("same", iommufd);
        }

        worker.CreateSession(new SessionName("one"));
        worker.CreateSession(new SessionName("two"));
        Assert.Equal(3 + 2 + 1, Units.Stored(Units.Keeper));

        Units.Kill(Units.Keeper);
        Assert.Equal(["hung-up", "iommufd", "same", "second"], worker.List().Select(static held => held.Name));
        Assert.Equal(["one", "two"], worker.Status().Sessions.Select(static session => session.Name.Value));
        using (var iommufd = worker.Get("iommufd")!)
        using (var same = worker.Get("same")!)
        using (var second = worker.Get("second")!)
            Assert.Equal((true, false), (iommufd.IsDuplicateOf(same), iommufd.IsDuplicateOf(second)));

        worker.Discard(new SessionName("one"));
        worker.Discard(new SessionName("two"));
        foreach (var held in worker.List()) worker.Remove(held.Name);
        Units.Await(Units.Keeper, "NFileDescriptorStore", "0");
    }

    private static List<(string Name, FdKind Kind, string Target, SessionName? Session, FdToken? Token)> Held(KeeperClient worker) =>
        [.. worker.List().Select(static held => (held.Name, held.Kind, held.Target, held.Session, held.Token))];
}
