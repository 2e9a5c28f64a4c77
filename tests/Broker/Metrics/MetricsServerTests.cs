using System.Net.Sockets;
using System.Text;
using Devices.Broker;
using Devices.Linux;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devices.Tests.Broker.Metrics;

/// <summary>Who asks for metrics by HTTP, well or badly.</summary>
public sealed class MetricsServerTests : IDisposable
{
    private const string Told = "devkeepd_up 1\n";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metrics");
    private readonly CancellationTokenSource _end = new();
    private readonly List<Thread> _threads = [];
    private readonly List<ListeningSocket> _sockets = [];

    private string SocketPath => Path.Combine(_folder.FullName, "metrics.sock");

    public void Dispose()
    {
        _end.Cancel();
        _threads.ForEach(static thread => thread.Join());
        _sockets.ForEach(static socket => socket.Dispose());
        _end.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_client_of_HTTP_gets_them_over_a_socket_which_is_not_for_everybody()
    {
        Start(SocketPath);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(SocketPath) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite));
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        Assert.Equal(Told, await client.GetStringAsync(new Uri("http://devkeepd/metrics")));
        Assert.Equal(Told, await client.GetStringAsync(new Uri("http://devkeepd/metrics?name=x")));
        Assert.Equal(404, (int)(await client.GetAsync(new Uri("http://devkeepd/"))).StatusCode);
    }

    [Fact]
    public async Task Or_over_a_port_of_this_machine()
    {
        var place = Start("127.0.0.1:0").Name;
        using var client = new HttpClient();
        var answer = await client.GetAsync(new Uri($"http://{place}/metrics"));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(Told, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("0.0.0.0:9100")]
    [InlineData("192.0.2.1:9100")]
    [InlineData("metrics.sock")]
    [InlineData("127.0.0.1")]
    [InlineData("")]
    public void It_listens_nowhere_else(string place)
        => Assert.Contains("no place for metrics", Assert.Throws<InvalidOperationException>(() => ListeningSocket.OpenForMetrics(place)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "200 OK")]
    [InlineData("GET /metrics HTTP/1.0\r\n\r\n", "200 OK")]
    [InlineData("POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", "405 ")]
    [InlineData("GET /metricsx HTTP/1.1\r\n\r\n", "404 ")]
    [InlineData("GET  /metrics HTTP/1.1\r\n\r\n", "400 ")]
    [InlineData("GET /metrics HTTP/2\r\n\r\n", "400 ")]
    [InlineData("\r\n\r\n", "400 ")]
    [InlineData("\0\r\n\r\n", "400 ")]
    public void A_request_is_answered_by_what_it_is(string request, string status)
    {
        Start(SocketPath);
        var answer = Ask(request);
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(status == "200 OK", answer.EndsWith($"\r\n\r\n{Told}", StringComparison.Ordinal));
    }

    [Fact]
    public void A_request_without_end_is_refused_and_one_that_does_not_come_is_not_waited_for()
    {
        Start(SocketPath, TimeSpan.FromMilliseconds(200));
        Assert.StartsWith("HTTP/1.1 431 ", Ask($"GET /metrics HTTP/1.1\r\nX: {new string('x', MetricsServer.MostBytes)}\r\n\r\n"), StringComparison.Ordinal);
        Assert.Empty(Ask("GET /metrics"));
        Assert.Empty(Ask(""));
    }

    [Fact]
    public void Many_who_say_nothing_hold_up_others_for_a_moment_only()
    {
        Start(SocketPath, TimeSpan.FromMilliseconds(200));
        var silent = Enumerable.Range(0, 3 * MetricsServer.MostConnections).Select(_ => UnixStream.Connect(SocketPath)).ToList();
        Assert.True(SpinWait.SpinUntil(() => silent.TrueForAll(static socket => socket.IsPeerClosed), s_patience));
        silent.ForEach(static socket => socket.Dispose());
        Assert.True(SpinWait.SpinUntil(() => Ask("GET /metrics HTTP/1.1\r\n\r\n").EndsWith(Told, StringComparison.Ordinal), s_patience));
    }

    private ListeningSocket Start(string place, TimeSpan? patience = null)
    {
        var socket = ListeningSocket.OpenForMetrics(place);
        var thread = new Thread(() => new MetricsServer(socket.Stream, static () => Told, NullLogger.Instance, patience).Run(_end.Token));
        thread.Start();
        _sockets.Add(socket);
        _threads.Add(thread);
        return socket;
    }

    // All that it answers until it hangs up.
    private string Ask(string request)
    {
        using var socket = UnixStream.Connect(SocketPath);
        if (request.Length > 0) _ = socket.TrySend(Encoding.Latin1.GetBytes(request), [], s_patience);
        var answer = new StringBuilder();
        var buffer = new byte[1024];
        try
        {
            while (socket.TryReceive(buffer, s_patience, out var received) && received.Length > 0) answer.Append(Encoding.Latin1.GetString(buffer, 0, received.Length));
        }
        catch (LinuxException reset) when (reset.Errno == Errno.ECONNRESET)
        {
            // It did not read all of it.
        }

        return answer.ToString();
    }
}
