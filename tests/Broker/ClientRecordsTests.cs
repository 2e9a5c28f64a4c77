using Devices.Broker;
using Devices.Linux;
using Devices.Pci;
using Devices.Tests.Linux;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devices.Tests.Broker;

/// <summary>What the service manager keeps of clients, and what the next run of the service makes of it.</summary>
[Collection(ServiceManagerPeer.Collection)]
public sealed class ClientRecordsTests : IDisposable
{
    private static readonly AccessRule s_rule = new("rule", 1000, null, null, [], 1 << 20);
    private static readonly DeviceFacts s_device = new(PciAddress.Parse("01:00.0"), null, null);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("records");
    private readonly ServiceManagerPeer _manager;
    private readonly ClaimLedger _ledger = new();
    private readonly MemoryAllowance _memory = new();
    private readonly ClientRecords _records;

    public ClientRecordsTests()
    {
        _manager = new ServiceManagerPeer(Path.Combine(_folder.FullName, "notify"));
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", _manager.Path);
        _records = new ClientRecords(_ledger, _memory, NullLogger.Instance);
    }

    public void Dispose()
    {
        _records.Dispose();
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        _manager.Dispose();
        _folder.Delete(recursive: true);
    }

    [SkippableFact]
    public void What_a_client_has_is_kept_while_it_has_something()
    {
        using var client = Client();
        _records.Save(client);
        Assert.Empty(_manager.Store);
        Claim(client);
        _memory.TryTake(client, 4096);
        _records.Save(client);
        Assert.Equal(["client-1", "client-1"], _manager.Store.Select(static kept => kept.Name));
        Assert.Equal(1, _manager.Count("BARRIER=1"));
        _ledger.Opened(s_device.Address);
        _records.Save(client);
        Assert.Equal(2, _manager.Store.Count); // written where it is

        var former = Assert.Single(Restore(_manager.Store));
        Assert.True(former.Client.IsSameProcessAs(client));
        Assert.Equal((false, 1000u, s_rule), (former.Client.IsConnected, former.Client.Identity.UserId, Assert.Single(former.Client.Rules)));
        Assert.Equal(new DeviceRecord("0000:01:00.0", null, "vfio0", DeviceState.Opened), Assert.Single(former.State.Devices));
        Assert.Equal(new MemoryRecord("rule", 4096), Assert.Single(former.State.Memory));

        _memory.End(client);
        _ledger.TakeBack(s_device.Address);
        _records.Save(client);
        Assert.Equal(DeviceState.Resetting, Assert.Single(Assert.Single(Restore(_manager.Store)).State.Devices).State);
        _ledger.Free(s_device.Address);
        _records.Save(client);
        Assert.True(ServiceManager.Barrier(TimeSpan.FromSeconds(60)));
        Assert.Empty(_manager.Store);
    }

    [SkippableFact]
    public void What_cannot_be_believed_is_dropped_and_the_rest_is_not()
    {
        using var good = Client();
        Claim(good);
        _records.Save(good);
        using var process = Process();
        using var memory = MemFd.Create("anything", 4096);
        ServiceManager.Store("client-2", process.Fd); // half of it: the store was full
        ServiceManager.Store("client-3", process.Fd, memory.Fd);
        ServiceManager.Store("client-4", memory.Fd, memory.Fd);
        using (var empty = StateFile.Create("empty")) ServiceManager.Store("client-5", empty.Fd, process.Fd);
        using (var other = StateFile.Create("other"))
        {
            other.Write((Assert.Single(Restore(_manager.Store.Take(2))).State with { Process = Environment.ProcessId + 1 }).Write());
            ServiceManager.Store("client-6", other.Fd, process.Fd);
        }

        Assert.True(ServiceManager.Barrier(TimeSpan.FromSeconds(60)));
        Assert.Equal(Environment.ProcessId, Assert.Single(Restore(_manager.Store)).State.Process);
        Assert.True(ServiceManager.Barrier(TimeSpan.FromSeconds(60)));
        Assert.Equal(["client-1", "client-1"], _manager.Store.Select(static kept => kept.Name));
    }

    [SkippableFact]
    public void A_new_client_takes_no_name_that_an_earlier_run_gave()
    {
        using var first = Client();
        Claim(first);
        _records.Save(first);
        using var next = new ClientRecords(_ledger, _memory, NullLogger.Instance);
        next.Restore(Passed(_manager.Store), static _ => []);
        using var second = Client();
        _memory.TryTake(second, 4096);
        next.Save(second);
        Assert.Equal(["client-1", "client-1", "client-2", "client-2"], _manager.Store.Select(static kept => kept.Name));
    }

    [SkippableFact]
    public void Without_a_manager_nothing_is_kept_and_one_that_does_not_listen_stops_nobody()
    {
        using var client = Client();
        Claim(client);
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        _records.Save(client);
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", "/nowhere/at/all");
        _records.Save(client);
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", _manager.Path);
        Assert.Empty(_manager.Store);
        _records.Save(client); // it is kept as soon as it can be
        Assert.Equal(2, _manager.Store.Count);
    }

    [Theory]
    [InlineData("client-7", true)]
    [InlineData("client-", false)]
    [InlineData("client-x", false)]
    [InlineData("client-9223372036854775807", false)]
    [InlineData("devkeepd.socket", false)]
    public void Its_descriptors_are_known_by_their_names(string name, bool isOne)
    {
        using var memory = MemFd.Create("any", 1);
        Assert.Equal(isOne, ClientRecords.Named(new PassedFd(name, memory.Fd)));
    }

    private static BrokerClient Client() => new(new ClientIdentity(Environment.ProcessId, 1000, [1000], null), [s_rule], Process());

    private static ProcessFd Process()
    {
        var (first, second) = UnixStream.Pair();
        using (first)
        using (second)
        {
            var process = first.OpenPeerProcess();
            Skip.If(process is null, "this kernel gives no pidfd of a peer");
            return process;
        }
    }

    private static PassedFd[] Passed(IEnumerable<PassedFd> store) => [.. store.Select(static kept => new PassedFd(kept.Name, kept.Fd.Duplicate()))];

    private static IReadOnlyList<FormerClient> Restore(IEnumerable<PassedFd> store)
    {
        using var next = new ClientRecords(new ClaimLedger(), new MemoryAllowance(), NullLogger.Instance);
        return next.Restore(Passed(store), static _ => [s_rule]);
    }

    private void Claim(BrokerClient client) => Assert.Null(_ledger.Claim(client, [(s_device, "vfio0")], out _));
}
