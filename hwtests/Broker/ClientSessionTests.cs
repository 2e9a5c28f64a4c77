using Devices.Broker;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Linux;
using Devices.Pci;
using static Devices.HwTests.Broker.SessionCaller;

namespace Devices.HwTests.Broker;

/// <summary>Sessions of live update for clients, in the kernel that they are made in: what is refused, and that nothing is left of it.</summary>
public sealed class ClientSessionTests : IDisposable
{
    private const int MiB = 1 << 20;

    private static readonly string s_policy = $$"""
        {
          "rules": [
            { "name": "tests", "user": "root", "devices": ["{{BoundDevice.NvmeFunction().Address}}"], "sessions": 2, "sessionMemoryMiB": 2 }
          ]
        }
        """;

    private readonly BorrowedFunction _nvme = new(BoundDevice.NvmeFunction());
    private readonly RunningBroker _broker = new(s_policy);
    private readonly SessionCaller _client;

    public ClientSessionTests() => _client = new SessionCaller(_broker.SocketPath);

    private PciAddress Nvme => _nvme.Function.Address;

    public void Dispose()
    {
        // Held by this process, which goes on.
        foreach (var session in _client.List()) _client.Discard(session.Name);
        _client.Dispose();
        _broker.Dispose();
        _nvme.Dispose();
    }

    [SkippableFact]
    public void Frozen_and_thawed_memory_and_device_are_as_before_and_discarded_nothing_is_left()
    {
        using var watcher = _broker.Connect();
        using var events = watcher.Watch();
        using var memory = MemFd.Create("ram", MiB);
        memory.Fd.WriteExactlyAt("before"u8, 0);
        _client.Devices.Claim(Nvme);
        _client.Preserve("vm", [("ram", memory.Fd)], Nvme);
        Assert.Equal(SessionState.Frozen, _client.Freeze("vm").State);
        Assert.Equal(DeviceState.Kept, _client.Devices.Find(Nvme).State);
        BrokerCaller.Refused("AlreadyClaimed", () => _client.Devices.Claim(Nvme)); // the same client, but not by the session
        Refused("WrongState", () => _client.Freeze("vm"));
        Assert.True(Assert.Single(_client.Thaw("vm").Devices).Mine);
        using (var nvme = GuestNvme.Start(_client.Devices.Open(Nvme))) nvme.Work();
        _client.Freeze("vm");
        _client.Discard("vm");
        Assert.Equal(DeviceState.Free, _client.Devices.Find(Nvme).State);
        Assert.Empty(_client.List());

        // The same memory again: it is in no session any more.
        _client.Preserve("vm", [("ram", memory.Fd)]);
        Assert.Equal(
            [Happening.Preserved, Happening.Frozen, Happening.Refused, Happening.Thawed, Happening.Frozen, Happening.Discarded, Happening.Preserved],
            Told(events, count: 7));
    }

    [SkippableFact]
    public void What_is_no_memory_to_be_preserved_is_refused_by_name_and_nothing_is_left_of_it()
    {
        using var unsealed = MemFd.Create("unsealed", MiB, MemFdSeals.None);
        using var good = MemFd.Create("good", MiB);
        using var file = FileDescriptor.Open("/proc/self/status", OpenMode.ReadOnly);
        using var readOnly = good.Fd.Reopen(OpenMode.ReadOnly);
        foreach (var (bad, reason) in new[] { (unsealed.Fd, "its size could change"), (file, "not a memfd"), (readOnly, "not open for reading and writing") })
        {
            using var sound = MemFd.Create("sound", PageSize.Bytes);
            var findings = Refused("Refused", () => _client.Preserve("vm", [("sound", sound.Fd), ("bad", bad)])).Parameters.GetProperty("findings").EnumerateArray();
            var refusal = Assert.Single(findings, static finding => finding.GetProperty("level").GetString() == "refused");
            Assert.Equal("bad", refusal.GetProperty("subject").GetString());
            Assert.Contains(reason, refusal.GetProperty("reason").GetString(), StringComparison.Ordinal);
            var plan = _client.Plan("vm", [("bad", bad)]);
            Assert.False(plan.Passed);
            Assert.Empty(_client.List());
        }

        // The same memory by two names, which the kernel refuses at the second.
        using var again = good.Fd.Duplicate();
        Refused("Unavailable", () => _client.Preserve("vm", [("one", good.Fd), ("two", again)]));
        Assert.Empty(_client.List());
        _client.Preserve("vm", [("one", good.Fd)]);
    }

    [SkippableFact]
    public void A_client_has_as_many_sessions_and_as_much_memory_in_them_as_its_rules_give()
    {
        using var first = MemFd.Create("first", MiB);
        using var second = MemFd.Create("second", MiB);
        using var third = MemFd.Create("third", PageSize.Bytes);
        _client.Preserve("one", [("a", first.Fd)]);
        Refused("NameTaken", () => _client.Preserve("one", [("a", second.Fd)]));
        Assert.Equal(MiB, Refused("LimitReached", () => _client.Preserve("two", [("a", second.Fd), ("b", third.Fd)])).Parameters.GetProperty("left").GetInt64());
        _client.Preserve("two", [("a", second.Fd)]);
        Assert.Equal(0, Refused("LimitReached", () => _client.Preserve("three", [("a", third.Fd)])).Parameters.GetProperty("left").GetInt64());
        Assert.Equal(0, _client.Ask().MemoryLeft);
        Refused("NotClaimed", () => _client.Plan("three", [], Nvme));
        _client.Discard("one");
        _client.Preserve("three", [("a", third.Fd)]);
    }

    [SkippableFact]
    public void A_session_is_not_the_connections()
    {
        using var memory = MemFd.Create("ram", MiB);
        using (var other = new SessionCaller(_broker.SocketPath))
        {
            other.Devices.Claim(Nvme);
            other.Preserve("vm", [("ram", memory.Fd)], Nvme);
        }

        Assert.Equal(SessionState.Preserved, Assert.Single(_client.List()).State);
        Refused("NotClaimed", () => _client.Freeze("vm")); // its device has gone back
        Assert.True(Patience.Until(() => _client.Devices.Find(Nvme).State == DeviceState.Free));
        _client.Devices.Claim(Nvme);
        _client.Freeze("vm");
    }

    private static List<Happening> Told(IEnumerator<EventReply> events, int count)
    {
        var told = new List<Happening>();
        while (told.Count < count && events.MoveNext())
        {
            if (events.Current.Event is { Session: "vm" } happened) told.Add(happened.Event);
        }

        return told;
    }
}
