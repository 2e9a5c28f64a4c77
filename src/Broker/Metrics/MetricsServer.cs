using System.Text;
using Devices.Linux;
using Microsoft.Extensions.Logging;

namespace Devices.Broker;

/// <summary>Tells who asks by HTTP how all stands: <c>GET /metrics</c>, and nothing else. A request a connection, each on a thread of its own.</summary>
/// <param name="listener">Where it listens; it stays the caller's.</param>
/// <param name="read">What there is to tell.</param>
/// <param name="logger">Where to tell of what fails.</param>
/// <param name="patience">How long a request may take to arrive, and its answer to be taken; null for 5 s.</param>
internal sealed partial class MetricsServer(UnixStream listener, Func<string> read, ILogger logger, TimeSpan? patience = null)
{
    /// <summary>The longest request, headers and all.</summary>
    internal const int MostBytes = 8192;

    /// <summary>How many may ask at once: who comes beyond is disconnected.</summary>
    internal const int MostConnections = 8;

    private const int StackBytes = 256 << 10;
    private static readonly TimeSpan s_acceptPause = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(5);
    private int _connections;

    /// <summary>Serves on this thread until cancelled.</summary>
    internal void Run(CancellationToken cancellation)
    {
        using var end = EventFd.Create();
        using var ready = Epoll.Create();
        ready.Add(listener.Fd, 0, EpollEvents.Readable);
        ready.Add(end.Fd, 0, EpollEvents.Readable);
        using var registration = cancellation.UnsafeRegister(static self => ((EventFd)self!).Signal(), end);
        var events = new EpollEvent[1];
        while (true)
        {
            var happened = ready.Wait(events, Timeout.InfiniteTimeSpan);
            if (cancellation.IsCancellationRequested) return;
            if (happened == 0) continue;
            try
            {
                Admit(listener.Accept());
            }
            catch (LinuxException failure)
            {
                // Who asks comes again: nothing is lost.
                LogFailed(logger, failure.Message);
                cancellation.WaitHandle.WaitOne(s_acceptPause);
            }
        }
    }

    private void Admit(UnixStream socket)
    {
        if (Interlocked.Increment(ref _connections) <= MostConnections)
        {
            try
            {
                new Thread(() => Serve(socket), StackBytes) { IsBackground = true, Name = "metrics" }.Start();
                return;
            }
            catch (OutOfMemoryException failure)
            {
                // The kernel has no thread for it.
                LogFailed(logger, failure.Message);
            }
        }

        Interlocked.Decrement(ref _connections);
        socket.Dispose();
    }

    private void Serve(UnixStream socket)
    {
        try
        {
            using (socket)
            {
                if (ReadRequest(socket) is { } request) _ = socket.TrySend(Answer(request), [], _patience);
            }
        }
        catch (LinuxException)
        {
            // It hung up.
        }
        catch (Exception failure)
        {
            LogFailed(logger, failure.ToString());
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    // The head alone; null if it does not come, or not whole.
    private string? ReadRequest(UnixStream socket)
    {
        var bytes = new byte[MostBytes];
        var length = 0;
        var until = Environment.TickCount64 + (long)_patience.TotalMilliseconds;
        while (length < bytes.Length)
        {
            var left = TimeSpan.FromMilliseconds(Math.Max(0, until - Environment.TickCount64));
            if (!socket.TryReceive(bytes.AsSpan(length), left, out var received)) return null;
            foreach (var descriptor in received.Descriptors) descriptor.Dispose();
            if (received.Length == 0) return null;
            length += received.Length;
            if (bytes.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0) return Encoding.Latin1.GetString(bytes, 0, length);
        }

        return "";
    }

    private byte[] Answer(string request)
    {
        if (request.Length == 0) return Reply("431 Request Header Fields Too Large", $"A request has at most {MostBytes} bytes.\n");
        return request[..request.IndexOf('\r', StringComparison.Ordinal)].Split(' ') switch
        {
            [var method, var target, "HTTP/1.1" or "HTTP/1.0"] when target == "/metrics" || target.StartsWith("/metrics?", StringComparison.Ordinal) => method switch
            {
                "GET" => Reply("200 OK", read(), MetricsText.ContentType),
                "HEAD" => Reply("200 OK", "", MetricsText.ContentType),
                _ => Reply("405 Method Not Allowed", "GET it.\n", more: "Allow: GET, HEAD\r\n"),
            },
            [_, _, "HTTP/1.1" or "HTTP/1.0"] => Reply("404 Not Found", "There is /metrics and nothing else.\n"),
            _ => Reply("400 Bad Request", "It is no request of HTTP/1.1.\n"),
        };
    }

    private static byte[] Reply(string status, string body, string type = "text/plain; charset=utf-8", string more = "")
    {
        var content = Encoding.UTF8.GetBytes(body);
        var length = body.Length == 0 ? "" : $"Content-Length: {content.Length}\r\n";
        return [.. Encoding.Latin1.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\n{length}{more}Connection: close\r\n\r\n"), .. content];
    }

    [LoggerMessage(EventId = 1024, Level = LogLevel.Warning, Message = "Metrics could not be told: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
