using Devices.Broker;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Pci;
using static Devices.HwTests.Broker.BrokerCaller;

namespace Devices.HwTests.Broker;

/// <summary>Many clients at once, and one that may have nothing.</summary>
public sealed class DevkeepdCrowdTests : IDisposable
{
    private const int Users = 4;
    private const int PerUser = 250; // of each user 128 are served, and 512 in all
    private const int ServedPerUser = 128;
    private static readonly string s_policy = $$"""{ "rules": [ { "name": "tests", "user": "root", "devices": ["{{BoundDevice.NvmeFunction().Address}}"], "memoryMiB": 8 } ] }""";

    private readonly BorrowedFunction _nvme = new(BoundDevice.NvmeFunction());
    private readonly ManagedDevkeepd _service = new(s_policy);

    private PciAddress Nvme => _nvme.Function.Address;

    public void Dispose()
    {
        _service.Dispose();
        _nvme.Dispose();
    }

    [SkippableFact]
    public void Of_a_thousand_clients_those_are_served_that_there_is_room_for_and_the_others_are_told()
    {
        using (var client = _service.Connect())
        {
            client.Claim(Nvme);
            client.Release(Nvme);
        }

        var before = Wait(Counted, static now => now.Threads == 0);
        var swarms = Enumerable.Range(1, Users).Select(user => Swarm.Start(65000 + user, _service.SocketPath, PerUser)).ToList();
        try
        {
            Assert.All(swarms, static swarm => Assert.True(swarm.Await(Swarm.Counts(ServedPerUser, PerUser - ServedPerUser)), string.Join(" | ", swarm.Said)));
            Assert.Equal(before.Descriptors + (Users * ServedPerUser * 2), Counted().Descriptors); // with each a socket, and its process
            Assert.All(swarms, static swarm => Assert.True(swarm.Ask(Swarm.Ask, Swarm.Answered)));
            Assert.Contains("all the connections", Refused("LimitReached", () => _service.Connect().Status()).Message, StringComparison.Ordinal);
        }
        finally
        {
            swarms.ForEach(static swarm => swarm.Dispose());
        }

        Assert.Equal(before, Wait(Counted, now => now == before));
        using var next = _service.Connect();
        Assert.Single(next.Status().Clients);
        next.Claim(Nvme);
        using var nvme = GuestNvme.Start(next.Open(Nvme));
        nvme.Work();
    }

    [SkippableFact]
    public void A_client_without_rights_gets_nothing_and_hears_nothing()
    {
        using var stranger = Stranger.Start(_service.SocketPath, Nvme);
        Assert.True(stranger.Await(Stranger.Refused), string.Join(" | ", stranger.Said));
        using (var client = _service.Connect())
        {
            client.Claim(Nvme);
            using (var nvme = GuestNvme.Start(client.Open(Nvme))) nvme.Work();
            client.CreateMemory("ram", 4096).Memory.Dispose();
            client.Release(Nvme);
        }

        Assert.True(stranger.Ask(Stranger.Ask, Stranger.Heard), string.Join(" | ", stranger.Said));
    }

    [SkippableFact]
    public void A_policy_that_is_read_again_takes_a_device_back_that_it_does_not_give_any_more()
    {
        const string WithoutDevices = """{ "rules": [ { "name": "tests", "user": "root", "memoryMiB": 8 } ] }""";
        using var client = _service.Connect();
        using var watcher = _service.Connect();
        using var events = watcher.Watch();
        client.Claim(Nvme);
        using (var nvme = GuestNvme.Start(client.Open(Nvme)))
        {
            _service.Reload("""{ "rules": [ { "name": "nobody's" } ] }""");
            Assert.Equal(DeviceState.Opened, client.Find(Nvme).State);
            _service.Reload(WithoutDevices);
            Assert.Equal(Environment.ProcessId, Assert.Single(Wait(() => client.Find(Nvme).Holders, static holders => holders.Count > 0)).Pid);
            Refused("NotClaimed", () => client.Open(Nvme));
            Refused("NotAllowed", () => client.Claim(Nvme));
            nvme.Work(); // until it closes it
        }

        Until(events, Happening.Reset, Nvme);
        _service.Reload(s_policy);
        client.Claim(Nvme);
        using var again = GuestNvme.Start(client.Open(Nvme));
        again.Work();

    }

    private static T Wait<T>(Func<T> look, Func<T, bool> isThere)
    {
        _ = Patience.Until(() => isThere(look()));
        return look();
    }

    private (int Descriptors, int Threads) Counted() => (
        Directory.EnumerateFileSystemEntries($"/proc/{_service.Id}/fd").Count(static link => IsAClientS(new FileInfo(link).LinkTarget ?? "")),
        Directory.EnumerateDirectories($"/proc/{_service.Id}/task").Count(static task => TryRead($"{task}/comm").StartsWith("varlink", StringComparison.Ordinal)));

    // Of each client the service has its socket and its process; the runtime opens files of its own when it likes.
    private static bool IsAClientS(string target) => target.StartsWith("socket:", StringComparison.Ordinal) || target.Contains("pidfd", StringComparison.Ordinal);

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
