using System.Text.Json;
using Devices.Broker;
using Devices.Linux;
using Devices.Tests.Linux;
using Devices.Tests.Varlink.Fuzz;
using Devices.Varlink;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Broker.Fuzz;

/// <summary>Whatever is asked of <c>io.devkeep.Devices</c>, the answer is as its description says, and when its clients have left all is as before.</summary>
[Collection(CountedAlone.Name)]
public sealed class DevicesInterfaceFuzzTests
{
    private const long MiB = 1 << 20;
    private const int LongestMessage = 1 << 20;
    private const int MostDescriptors = 16;
    private const string Nobodys = "0000:ff:1f.7";

    private static readonly string s_policy = $$"""{ "rules": [ { "name": "tests", "user": "{{ProcessRights.UserId}}", "devices": ["{{Nobodys}}"], "memoryMiB": 8 } ] }""";

    private static readonly (string Method, string Parameters)[] s_methods =
    [
        ("io.devkeep.Devices.List", "{}"),
        ("io.devkeep.Devices.Claim", $$"""{"devices":["{{Nobodys}}"]}"""),
        ("io.devkeep.Devices.Claim", """{"devices":[]}"""),
        ("io.devkeep.Devices.Open", $$"""{"devices":["{{Nobodys}}"]}"""),
        ("io.devkeep.Devices.Release", """{"devices":["0000:00:00.0/../x"]}"""),
        ("io.devkeep.Devices.Resume", """{"devices":[]}"""),
        ("io.devkeep.Devices.Resume", $$"""{"devices":["{{Nobodys}}"]}"""),
        ("io.devkeep.Devices.CreateMemory", """{"name":"ram","size":4096}"""),
        ("io.devkeep.Devices.CreateMemory", """{"name":"ram","size":16777216}"""),
        ("io.devkeep.Devices.CreateMemory", """{"name":"ram","size":-4096}"""),
        ("io.devkeep.Devices.CreateMemory", """{"name":"ram","size":9223372036854771712}"""),
        ("io.devkeep.Devices.CreateMemory", """{"name":"../ram","size":4096}"""),
        ("io.devkeep.Devices.Status", "{}"),
        ("io.devkeep.Devices.Watch", "{}"),
    ];

    [Fact]
    public void Every_answer_is_as_described_and_nothing_is_left_of_its_clients()
    {
        var before = ProcessCensus.Descriptors();
        using (var broker = new LocalBroker(s_policy))
        using (var passed = MemFd.Create("passed", PageSize.Bytes))
        {
            using (var other = broker.Connect())
            {
                // Watch with more is another test's: it has no end.
                Prop.ForAll(BarrageGen.Of(s_methods, MostDescriptors + 2), barrage =>
                {
                    if (IsEndless(barrage)) return true;
                    using (var socket = broker.ConnectRaw())
                    {
                        foreach (var reply in BarrageRun.Send(socket, barrage, passed.Fd, LongestMessage, MostDescriptors)) AssertDescribed(reply);
                    }

                    return Status(other).Clients.Any(static client => client.Pid == Environment.ProcessId);
                }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
                // What its clients had of the memory is there for others again.
                Assert.True(SpinWait.SpinUntil(() => Status(other).MemoryLeft == 8 * MiB, LocalBroker.Patience));
            }

            Assert.True(SpinWait.SpinUntil(() => broker.Server.ConnectionCount == 0, LocalBroker.Patience));
            Assert.Empty(broker.Faults);
        }

        ProcessCensus.AssertNoThread("varlink");
        ProcessCensus.AssertNoMore(before);
    }

    [Fact]
    public void Who_watches_and_sends_what_it_should_not_ends_with_its_connection_alone()
    {
        var before = ProcessCensus.Descriptors();
        using (var broker = new LocalBroker(s_policy))
        {
            using var other = broker.Connect();
            for (var round = 0; round < 20; round++)
            {
                using var watcher = broker.ConnectRaw();
                watcher.TrySend("{\"method\":\"io.devkeep.Devices.Watch\",\"more\":true}\0not json\0{"u8, [], LocalBroker.Patience);
                Assert.True(watcher.TryReceive(new byte[4096], LocalBroker.Patience, out var first));
                Assert.True(first.Length > 0);
                Assert.Equal("io.devkeep.Devices.NotAllowed", Assert.Throws<VarlinkException>(() =>
                    other.Call("Claim", new DeviceNames(["0000:ff:1f.6"]), BrokerJson.Default.DeviceNames, BrokerJson.Default.DeviceReports)).Error);
            }

            other.Dispose();
            Assert.True(SpinWait.SpinUntil(() => broker.Server.ConnectionCount == 0, LocalBroker.Patience));
            Assert.Empty(broker.Faults);
        }

        ProcessCensus.AssertNoThread("varlink");
        ProcessCensus.AssertNoMore(before);
    }

    private static StatusReply Status(VarlinkClient client) => client.Call("Status", new NoParameters(), BrokerJson.Default.NoParameters, BrokerJson.Default.StatusReply).Value;

    private static bool IsEndless(Barrage barrage)
    {
        var text = System.Text.Encoding.Latin1.GetString(barrage.Bytes);
        return text.Contains("Watch", StringComparison.Ordinal) && text.Contains("\"more\":true", StringComparison.Ordinal);
    }

    private static void AssertDescribed(byte[] reply)
    {
        var message = ReplyMessage.Read(Envelope.Parse(reply));
        var description = DevicesInterface.Description;
        if (message.Error is not { } error)
        {
            // Of this service's or of the other interface, GetInfo say.
            Assert.Contains(description.Methods.Values, method => TypeCheck.FindFault(description, method.Returns, message.Parameters) is null);
            return;
        }

        if (error.StartsWith(ServiceErrors.Interface, StringComparison.Ordinal)) return;
        Assert.Equal(BrokerErrors.Interface, error[..error.LastIndexOf('.')]);
        Assert.Null(TypeCheck.FindFault(description, description.Errors[error[(error.LastIndexOf('.') + 1)..]], message.Parameters));
        if (message.Parameters.TryGetProperty("remedy", out var remedy)) Assert.Equal((JsonValueKind.String, true), (remedy.ValueKind, remedy.GetString()!.Length > 0));
    }
}
