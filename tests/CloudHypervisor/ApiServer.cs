using System.Globalization;
using System.Text;
using Devices.Linux;
using Devices.Tests.LiveUpdate;

namespace Devices.Tests.CloudHypervisor;

/// <summary>
/// A server on a Unix socket that reads as Cloud Hypervisor's does: 1,024 bytes at a time, and all descriptors that come meanwhile are the request's. It answers as a test tells it
/// to, each request by its turn, after it has compared it with what is published.
/// </summary>
internal sealed class ApiServer : IDisposable
{
    private const int ReadSize = 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly TemporaryFolder _folder = new();
    private readonly UnixStream _listener;
    private readonly List<UnixStream> _unanswered = [];
    private readonly Thread _thread;

    /// <summary>Listens.</summary>
    /// <param name="answers">Whole answers, from the status line on; an empty one closes the connection, and null leaves it unanswered.</param>
    internal ApiServer(params string?[] answers)
    {
        _listener = UnixStream.Listen(Socket);
        _thread = new Thread(() => Serve(answers));
        _thread.Start();
    }

    internal string Socket => _folder.File("api.sock");

    /// <summary>What came, in turn.</summary>
    internal List<ReceivedRequest> Requests { get; } = [];

    internal static string Answer(int status, string? body) => body is null
        ? $"HTTP/1.1 {status} \r\nServer: Cloud Hypervisor API\r\nConnection: keep-alive\r\n\r\n"
        : $"HTTP/1.1 {status} \r\nServer: Cloud Hypervisor API\r\nConnection: keep-alive\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    /// <summary>Waits until all answers were given, and closes what came.</summary>
    public void Dispose()
    {
        _listener.Shutdown();
        _thread.Join();
        _listener.Dispose();
        _unanswered.ForEach(static connection => connection.Dispose());
        foreach (var descriptor in Requests.SelectMany(static request => request.Descriptors)) descriptor.Dispose();
        _folder.Dispose();
    }

    private void Serve(string?[] answers)
    {
        foreach (var answer in answers)
        {
            UnixStream connection;
            try
            {
                connection = _listener.Accept();
            }
            catch (LinuxException)
            {
                return; // the test ended before
            }

            var request = Receive(connection);
            Requests.Add(request);
            if (answer is null)
            {
                _unanswered.Add(connection);
                continue;
            }

            var reply = PublishedApi.Wrong(request) is { } wrong ? Answer(400, $"""["not as published", "{wrong}"]""") : answer;
            if (reply.Length > 0) _ = connection.TrySend(Encoding.UTF8.GetBytes(reply), [], s_patience);
            connection.Dispose();
        }
    }

    private static ReceivedRequest Receive(UnixStream connection)
    {
        var bytes = new List<byte>();
        var descriptors = new List<FileDescriptor>();
        var part = new byte[ReadSize];
        while (true)
        {
            Assert.True(connection.TryReceive(part, s_patience, out var received) && received.Length > 0, "the request did not end");
            bytes.AddRange(part.AsSpan(0, received.Length));
            descriptors.AddRange(received.Descriptors);
            var text = Encoding.UTF8.GetString([.. bytes]);
            var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head < 0) continue;
            var lines = text[..head].Split("\r\n");
            var headers = lines.Skip(1).Select(static line => line.Split(": ", 2)).ToDictionary(static pair => pair[0].ToLowerInvariant(), static pair => pair[1]);
            var body = text[(head + 4)..];
            if (body.Length < int.Parse(headers.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture)) continue;
            var words = lines[0].Split(' ');
            return new ReceivedRequest(words[0], words[1], headers, body, descriptors);
        }
    }
}
