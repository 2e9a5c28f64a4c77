using System.Text;
using Devices.Linux;
using Devices.Varlink;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Varlink;

/// <summary>What clients send that should not: each gets an error or is disconnected, and the next client is served.</summary>
public sealed class VarlinkAbuseTests : IDisposable
{
    private const string Call = """{"method":"org.example.test.Echo","parameters":{"text":"x"}}""";

    private readonly TestService _service = new(new VarlinkLimits
    {
        Connections = 100,
        ConnectionsPerUser = 50,
        MessageBytes = 10_000,
        Descriptors = 4,
        CallTimeout = TimeSpan.FromMilliseconds(300),
    });

    public void Dispose() => _service.Dispose();

    [Theory]
    [InlineData("org.example.test.Echo", "{}", "InvalidParameter", "text")]
    [InlineData("org.example.test.Echo", """{"text":1}""", "InvalidParameter", "text")]
    [InlineData("org.example.test.Echo", """{"text":null}""", "InvalidParameter", "text")]
    [InlineData("org.example.test.Echo", """{"text":"\ud800"}""", "InvalidParameter", "parameters")]
    [InlineData("org.example.test.Echo", """{"text":"x","more":1}""", "InvalidParameter", "more")]
    [InlineData("org.example.test.Count", """{"value":1.5}""", "InvalidParameter", "value")]
    [InlineData("org.example.test.Count", """{"value":9223372036854775808}""", "InvalidParameter", "value")]
    [InlineData("org.example.test.Nothing", "{}", "MethodNotFound", "Nothing")]
    [InlineData("org.example.test.Unanswered", "{}", "MethodNotImplemented", "Unanswered")]
    [InlineData("org.example.other.Echo", "{}", "InterfaceNotFound", "org.example.other")]
    [InlineData("Echo", "{}", "InterfaceNotFound", "Echo")]
    [InlineData("", "{}", "InterfaceNotFound", "")]
    public void A_call_that_is_none_of_the_service_s_is_answered_with_an_error(string method, string parameters, string error, string named)
    {
        using var socket = _service.ConnectRaw();
        var reply = Exchange(socket, $$"""{"method":"{{method}}","parameters":{{parameters}}}""");
        Assert.Contains($"\"org.varlink.service.{error}\"", reply, StringComparison.Ordinal);
        Assert.Contains($"\"{named}\"", reply, StringComparison.Ordinal);
        Assert.Contains("\"x\"", Exchange(socket, Call), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"method":1}""")]
    [InlineData("""{"method":"\ud800"}""")]
    [InlineData("""{"method":"org.example.test.Echo","parameters":[]}""")]
    [InlineData("""{"method":"org.example.test.Echo","more":"yes"}""")]
    [InlineData("""{"method":"org.example.test.Echo","upgrade":true}""")]
    [InlineData("""{"method":"org.example.test.Echo","method":"org.example.test.Fail"}""")]
    [InlineData("""{"method":"org.example.test.Echo","parameters":{"text":"a","text":"b"}}""")]
    public void What_is_no_call_ends_the_connection(string message)
    {
        using var socket = _service.ConnectRaw();
        Assert.Empty(Exchange(socket, message));
        Assert.Equal("served", _service.Echo("served"));
    }

    [Fact]
    public void A_message_without_end_ends_the_connection()
    {
        using var socket = _service.ConnectRaw();
        var endless = new byte[4096];
        Array.Fill(endless, (byte)' ');
        var errno = Errno.None;
        for (var i = 0; i < 10_000 && errno == Errno.None; i++) errno = socket.TrySend(endless, [], TestService.Patience);
        Assert.True(errno is Errno.EPIPE or Errno.ECONNRESET, errno.ToString());
        Assert.Equal("served", _service.Echo("served"));
    }

    [Fact]
    public void Half_a_message_is_not_waited_for_long()
    {
        using var socket = _service.ConnectRaw();
        socket.TrySend("{\"method\":"u8, [], TestService.Patience);
        Assert.True(socket.TryReceive(new byte[1], TestService.Patience, out var received));
        Assert.Equal(0, received.Length);
    }

    [Fact]
    public void A_silent_client_may_stay()
    {
        using var socket = _service.ConnectRaw();
        Thread.Sleep(TimeSpan.FromMilliseconds(600));
        Assert.Contains("\"x\"", Exchange(socket, Call), StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_descriptors_end_the_connection_and_none_stays_open()
    {
        var (read, write) = UnixStream.Pair();
        using (read)
        {
            using (var socket = _service.ConnectRaw())
            {
                using (write)
                {
                    FileDescriptor[] flood = [write.Fd, write.Fd, write.Fd, write.Fd, write.Fd];
                    socket.TrySend(Encoding.UTF8.GetBytes(Call + "\0"), flood, TestService.Patience);
                }

                Assert.True(socket.TryReceive(new byte[1], TestService.Patience, out var received));
                Assert.Equal(0, received.Length);
            }

            AssertClosed(read);
        }
    }

    [Fact]
    public void Descriptors_that_no_method_wants_are_closed()
    {
        var (read, write) = UnixStream.Pair();
        using (read)
        using (var socket = _service.ConnectRaw())
        {
            using (write) socket.TrySend(Encoding.UTF8.GetBytes(Call + "\0"), [write.Fd, write.Fd], TestService.Patience);
            Assert.Contains("\"x\"", Receive(socket), StringComparison.Ordinal);
            AssertClosed(read);
        }
    }

    [Fact]
    public void Calls_in_a_row_keep_their_own_descriptors()
    {
        using var socket = _service.ConnectRaw();
        using var memory = MemFd.Create("question", PageSize.Bytes);
        memory.Fd.WriteExactlyAt("abcd"u8, 0);
        // All three are there before the service reads, if it is slow: a receive may then bring more than one.
        socket.TrySend(Encoding.UTF8.GetBytes(Call + "\0" + Call + "\0"), [], TestService.Patience);
        socket.TrySend("{\"method\":\"org.example.test.Swap\",\"parameters\":{\"fd\":0}}\0"u8, [memory.Fd], TestService.Patience);
        socket.TrySend(Encoding.UTF8.GetBytes(Call + "\0"), [], TestService.Patience);
        var replies = new StringBuilder();
        while (replies.ToString().Count(static c => c == '\0') < 4) replies.Append(Receive(socket));
        Assert.Contains("\"fd\":0", replies.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("error", replies.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_clients_of_one_user_do_not_take_all_connections()
    {
        var clients = new List<UnixStream>();
        try
        {
            for (var i = 0; i < 1000; i++)
            {
                try
                {
                    clients.Add(_service.ConnectRaw());
                }
                catch (LinuxException e) when (e.Errno == Errno.EAGAIN)
                {
                    i--;
                }
            }

            Assert.True(SpinWait.SpinUntil(() => clients.Count(static client => client.IsPeerClosed) == 950, TestService.Patience));
            Assert.Equal(50, _service.Server.ConnectionCount);
        }
        finally
        {
            clients.ForEach(static client => client.Dispose());
        }

        Assert.True(SpinWait.SpinUntil(() => _service.Server.ConnectionCount == 0, TestService.Patience));
        Assert.Equal("served", _service.Echo("served"));
    }

    [Fact]
    public void Who_is_one_too_many_hears_so_whether_it_asks_before_or_after_it_is_disconnected()
    {
        var clients = Enumerable.Range(0, 50).Select(_ => _service.ConnectRaw()).ToList();
        Assert.True(SpinWait.SpinUntil(() => _service.Server.ConnectionCount == 50, TestService.Patience));
        for (var i = 0; i < 20; i++)
        {
            using var client = _service.Connect();
            if (i % 2 == 0) Thread.Sleep(10);
            Assert.Equal(TestService.TooMany, Assert.Throws<VarlinkException>(() => client.Call("Echo", new Words("x"), TestJson.Default.Words, TestJson.Default.Words)).Error);
        }

        clients.ForEach(static client => client.Dispose());
        Assert.True(SpinWait.SpinUntil(() => _service.Server.ConnectionCount == 0, TestService.Patience));
        Assert.Equal("served", _service.Echo("served"));
    }

    [Fact]
    public void Whatever_becomes_of_a_message_on_its_way_the_service_answers_the_next_client()
        => Prop.ForAll(
            (from at in Gen.Choose(0, Call.Length)
             from cut in Gen.Choose(0, 6)
             from put in Gen.ArrayOf(Gen.Choose(0, 255).Select(static value => (byte)value)).Resize(8)
             select (byte[])[.. Encoding.UTF8.GetBytes(Call[..at]), .. put, .. Encoding.UTF8.GetBytes(Call[Math.Min(Call.Length, at + cut)..]), 0]).ToArbitrary(),
            message =>
            {
                using var socket = _service.ConnectRaw();
                socket.TrySend(message, [], TestService.Patience);
                // Those that are on their way out count until they are.
                return SpinWait.SpinUntil(() => _service.Server.ConnectionCount < 40, TestService.Patience) && _service.Echo("served") == "served";
            }).QuickCheckThrowOnFailure();

    private static string Exchange(UnixStream socket, string message)
    {
        socket.TrySend(Encoding.UTF8.GetBytes(message + "\0"), [], TestService.Patience);
        return Receive(socket);
    }

    private static string Receive(UnixStream socket)
    {
        var buffer = new byte[20_000];
        Assert.True(socket.TryReceive(buffer, TestService.Patience, out var received), "no answer");
        foreach (var descriptor in received.Descriptors) descriptor.Dispose();
        return Encoding.UTF8.GetString(buffer, 0, received.Length);
    }

    // The last copy of the other end is closed.
    private static void AssertClosed(UnixStream read) => Assert.True(read.TryReceive(new byte[1], TestService.Patience, out var end) && end.Length == 0);
}
