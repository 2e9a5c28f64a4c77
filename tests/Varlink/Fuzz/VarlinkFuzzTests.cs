using Devices.Linux;
using Devices.Tests.Linux;
using Devices.Varlink;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Varlink.Fuzz;

/// <summary>Whatever clients send: a call is answered, what is none ends its connection and no other, and nothing is left of it.</summary>
[Collection(CountedAlone.Name)]
public sealed class VarlinkFuzzTests : IDisposable
{
    private const int LongestMessage = 10_000;
    private const int MostDescriptors = 4;
    private const string ThreadName = "varlink";

    private static readonly (string Method, string Parameters)[] s_methods =
    [
        ("org.example.test.Echo", """{"text":"x"}"""),
        ("org.example.test.Fail", """{"text":"x"}"""),
        ("org.example.test.Swap", """{"fd":0}"""),
        ("org.example.test.Unanswered", "{}"),
        ("org.varlink.service.GetInfo", "{}"),
        ("org.varlink.service.GetInterfaceDescription", """{"interface":"org.example.test"}"""),
        ("org.example.other.Echo", "{}"),
        ("Echo", "{}"),
    ];

    private readonly IReadOnlyDictionary<string, int> _before = ProcessCensus.Descriptors();
    private readonly FaultLog<VarlinkServer> _log = new();
    private readonly MemFd _passed = MemFd.Create("passed", PageSize.Bytes);
    private TestService? _service;

    public void Dispose()
    {
        _service?.Dispose();
        _passed.Dispose();
    }

    [Fact]
    public void Every_call_is_answered_whatever_comes_before_it_and_others_are_served_meanwhile()
    {
        var service = Start();
        using (var other = service.Connect())
        {
            Prop.ForAll(BarrageGen.Of(s_methods, MostDescriptors + 2), barrage =>
            {
                using (var socket = service.ConnectRaw()) BarrageRun.Send(socket, barrage, _passed.Fd, LongestMessage, MostDescriptors);
                return other.Call("Echo", new Words("served"), TestJson.Default.Words, TestJson.Default.Words).Value.Text == "served";
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
        }

        AssertNothingIsLeft();
    }

    [Fact]
    public void A_call_that_is_cut_anywhere_with_descriptors_is_closed_with_its_connection()
    {
        var service = Start();
        var call = """{"method":"org.example.test.Swap","parameters":{"fd":0}}"""u8.ToArray();
        for (var cut = 1; cut <= call.Length; cut++)
        {
            using var socket = service.ConnectRaw();
            socket.TrySend(call.AsSpan(0, cut), [_passed.Fd, _passed.Fd], TestService.Patience);
        }

        Assert.Equal("served", service.Echo("served"));
        AssertNothingIsLeft();
    }

    [Fact]
    public void Half_messages_held_open_by_many_hold_up_nobody_and_end()
    {
        var service = Start(TimeSpan.FromMilliseconds(300));
        var call = """{"method":"org.example.test.Swap","parameters":{"fd":0}}"""u8.ToArray();
        var held = Enumerable.Range(0, 100).Select(index =>
        {
            var socket = service.ConnectRaw();
            socket.TrySend(call.AsSpan(0, 1 + (index % call.Length)), [_passed.Fd], TestService.Patience);
            return socket;
        }).ToList();
        Assert.Equal("served", service.Echo("served"));
        Assert.True(SpinWait.SpinUntil(() => held.TrueForAll(static socket => socket.IsPeerClosed), TestService.Patience));
        held.ForEach(static socket => socket.Dispose());
        AssertNothingIsLeft();
    }

    [Fact]
    public void A_flood_of_descriptors_from_many_at_once_leaves_none_open()
    {
        var service = Start();
        Parallel.For(0, 50, index =>
        {
            using var socket = service.ConnectRaw();
            FileDescriptor[] flood = [.. Enumerable.Repeat(_passed.Fd, index % 2 == 0 ? UnixStream.MaxDescriptors : MostDescriptors)];
            for (var i = 0; i < 50 && socket.TrySend("""{"method":"org.example.test.Echo","parameters":{"text":"x"}}"""u8, flood, TestService.Patience) == Errno.None; i++)
                if (socket.TrySend("\0"u8, [], TestService.Patience) != Errno.None) break;
        });
        Assert.Equal("served", service.Echo("served"));
        AssertNothingIsLeft();
    }

    private TestService Start(TimeSpan? callTimeout = null) => _service = new TestService(
        new VarlinkLimits { MessageBytes = LongestMessage, Descriptors = MostDescriptors, ConnectionsPerUser = 400, CallTimeout = callTimeout ?? TestService.Patience }, _log);

    private void AssertNothingIsLeft()
    {
        Assert.True(SpinWait.SpinUntil(() => _service!.Server.ConnectionCount == 0, TestService.Patience));
        Assert.Empty(_log.Faults);
        _service!.Dispose();
        _service = null;
        _passed.Dispose();
        ProcessCensus.AssertNoThread(ThreadName);
        ProcessCensus.AssertNoMore(_before);
    }
}
