using Devices.Linux;
using Devices.Varlink;

namespace Devices.Tests.Varlink;

public sealed class VarlinkServiceTests : IDisposable
{
    private readonly TestService _service = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public void A_call_is_answered()
    {
        Assert.Equal("grüße \0 \"x\"", _service.Echo("grüße \0 \"x\""));
        Assert.Equal(new string('x', 900_000), _service.Echo(new string('x', 900_000)));
    }

    [Fact]
    public void A_service_describes_itself()
    {
        var described = VarlinkClient.Describe(_service.Path, "org.example.test", TestService.Patience);
        Assert.Equal(TestService.Description.Text, described.Text);
        Assert.Equal(["GetInfo", "GetInterfaceDescription"], VarlinkClient.Describe(_service.Path, "org.varlink.service", TestService.Patience).Methods.Keys);
        var unknown = Assert.Throws<VarlinkException>(() => VarlinkClient.Describe(_service.Path, "org.example.other", TestService.Patience));
        Assert.Equal("org.varlink.service.InterfaceNotFound", unknown.Error);
    }

    [Fact]
    public void Errors_come_with_what_they_carry_and_leave_the_connection_alone()
    {
        using var client = _service.Connect();
        var error = Assert.Throws<VarlinkException>(() => client.Call("Fail", new Words("why"), TestJson.Default.Words, TestJson.Default.Words));
        Assert.Equal("org.example.test.Broken", error.Error);
        Assert.Equal("why", error.Parameters.GetProperty("text").GetString());
        Assert.Equal("next", client.Call("Echo", new Words("next"), TestJson.Default.Words, TestJson.Default.Words).Value.Text);
    }

    [Fact]
    public void A_fault_of_the_service_ends_the_connection_and_no_other()
    {
        using var other = _service.Connect();
        using var client = _service.Connect();
        var broken = Assert.Throws<LinuxException>(() => client.Call("Crash", new Words("oh"), TestJson.Default.Words, TestJson.Default.Words));
        Assert.Equal(Errno.ECONNRESET, broken.Errno);
        Assert.Equal("on", other.Call("Echo", new Words("on"), TestJson.Default.Words, TestJson.Default.Words).Value.Text);
    }

    [Fact]
    public void Descriptors_go_both_ways()
    {
        using var client = _service.Connect();
        using var memory = MemFd.Create("question", PageSize.Bytes);
        memory.Fd.WriteExactlyAt("abcd"u8, 0);
        var reply = client.Call("Swap", new Descriptor(0), TestJson.Default.Descriptor, TestJson.Default.Descriptor, memory.Fd);
        using var answer = Assert.Single(reply.Descriptors);
        var text = new byte[4];
        answer.ReadExactlyAt(text, 0);
        Assert.Equal("dcba"u8.ToArray(), text);

        var missing = Assert.Throws<VarlinkException>(() => client.Call("Swap", new Descriptor(1), TestJson.Default.Descriptor, TestJson.Default.Descriptor, memory.Fd));
        Assert.Equal("org.varlink.service.InvalidParameter", missing.Error);
        Assert.Equal("fd", missing.Parameters.GetProperty("parameter").GetString());
    }

    [Fact]
    public void A_method_replies_again_and_again()
    {
        using var client = _service.Connect();
        Assert.Equal([1, 2, 3, 4, 5], client.CallMore("Count", new Number(5), TestJson.Default.Number, TestJson.Default.Number).Select(static number => number.Value));
        var once = Assert.Throws<VarlinkException>(() => client.Call("Count", new Number(5), TestJson.Default.Number, TestJson.Default.Number));
        Assert.Equal("org.varlink.service.ExpectedMore", once.Error);
    }

    [Fact]
    public void What_belongs_to_a_connection_ends_with_it()
    {
        using (var client = _service.Connect())
        {
            _ = client.Call("Hold", new Words("it"), TestJson.Default.Words, TestJson.Default.Words);
            Assert.False(_service.Ended.IsSet);
        }

        Assert.True(_service.Ended.Wait(TestService.Patience));
    }

    [Fact]
    public void A_client_that_does_not_read_its_replies_is_left_and_others_are_served()
    {
        using var service = new TestService(new VarlinkLimits { ReplyTimeout = TimeSpan.FromMilliseconds(200) });
        using var deaf = service.ConnectRaw();
        deaf.TrySend("{\"method\":\"org.example.test.Count\",\"parameters\":{\"value\":100000000},\"more\":true}\0"u8, [], TestService.Patience);
        Assert.Equal("still here", service.Echo("still here"));
        Assert.True(SpinWait.SpinUntil(() => service.Server.ConnectionCount == 0, TestService.Patience));
    }

    [Fact]
    public void The_socket_outlives_the_server_and_who_connects_meanwhile_is_served_by_the_next()
    {
        _service.End();
        using var waiting = _service.Connect();
        _service.Resume();
        Assert.Equal("served", waiting.Call("Echo", new Words("served"), TestJson.Default.Words, TestJson.Default.Words).Value.Text);
    }
}
