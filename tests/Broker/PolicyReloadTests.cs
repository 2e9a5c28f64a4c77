using System.Text;
using Devices.Broker;
using Devices.Linux;
using Devices.Tests.Broker.Fuzz;
using Devices.Tests.Linux;
using Devices.Varlink;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devices.Tests.Broker;

/// <summary>The policy is read again while clients are connected.</summary>
[Collection(ServiceManagerPeer.Collection)]
public sealed class PolicyReloadTests : IDisposable
{
    private const long MiB = 1 << 20;
    private const string Path = "the test's policy";

    private readonly LocalBroker _service = new(Policy("first", 8));
    private readonly List<string> _told = [];
    private string _text = Policy("second", 2);

    public void Dispose() => _service.Dispose();

    [Fact]
    public void Clients_that_are_connected_have_the_new_rules_and_what_they_have_stays_counted()
    {
        using var client = _service.Connect();
        CreateMemory(client, 4 * MiB);
        Assert.Equal(("first", 4 * MiB), Status(client));
        _text = Policy("first", 2);
        Assert.True(Reload());
        // More than the policy gives by now is given already.
        Assert.Equal(("first", 0), Status(client));
        Assert.Equal("io.devkeep.Devices.LimitReached", Assert.Throws<VarlinkException>(() => CreateMemory(client, PageSize.Bytes)).Error);
        _text = Policy("other", 2);
        Assert.True(Reload());
        Assert.Equal(("other", 2 * MiB), Status(client));
        _text = """{ "rules": [] }""";
        Assert.True(Reload());
        Assert.Equal("io.devkeep.Devices.NotAllowed", Assert.Throws<VarlinkException>(() => CreateMemory(client, PageSize.Bytes)).Error);
        using var next = _service.Connect();
        Assert.Equal("io.devkeep.Devices.NotAllowed", Assert.Throws<VarlinkException>(() => CreateMemory(next, PageSize.Bytes)).Error);
    }

    [Fact]
    public void One_that_is_refused_leaves_the_one_before_in_force()
    {
        using var client = _service.Connect();
        _text = """{ "rules": [ { "name": "nobody's" } ] }""";
        Assert.False(Reload());
        Assert.Equal(("first", 8 * MiB), Status(client));
        using var next = _service.Connect();
        Assert.Equal(("first", 8 * MiB), Status(next));
    }

    [Fact]
    public void The_service_manager_hears_when_it_begins_and_when_it_has_ended()
    {
        Reload();
        Reload();
        Assert.Equal(6, _told.Count);
        Assert.Equal(["READY=1", "READY=1"], [_told[2], _told[5]]);
        long[] times = [.. new[] { _told[0], _told[3] }.Select(static text => long.Parse(text["RELOADING=1\nMONOTONIC_USEC=".Length..], System.Globalization.CultureInfo.InvariantCulture))];
        // The kernel's clock since it booted, as systemd compares it.
        Assert.InRange(times[0], 1, times[1]);
        Assert.InRange(times[1], times[0], Environment.TickCount64 * 1000 + 1_000_000);
    }

    private static string Policy(string rule, int memory) => $$"""{ "rules": [ { "name": "{{rule}}", "user": "{{ProcessRights.UserId}}", "memoryMiB": {{memory}} } ] }""";

    private static (string Rule, long Left) Status(VarlinkClient client)
    {
        var status = client.Call("Status", new NoParameters(), BrokerJson.Default.NoParameters, BrokerJson.Default.StatusReply).Value;
        return (status.Clients.SelectMany(static each => each.Rules).Distinct().Single(), status.MemoryLeft);
    }

    private static void CreateMemory(VarlinkClient client, long size)
    {
        foreach (var fd in client.Call("CreateMemory", new MemoryRequest("ram", size), BrokerJson.Default.MemoryRequest, BrokerJson.Default.MemoryReply).Descriptors) fd.Dispose();
    }

    private bool Reload() => new PolicyReload(_service.Broker, Path, () => PolicyFile.Parse(Path, Encoding.UTF8.GetBytes(_text)), _told.Add, NullLogger.Instance).Run();
}
