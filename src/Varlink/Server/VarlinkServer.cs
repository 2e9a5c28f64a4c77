using Devices.Linux;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devices.Varlink;

/// <summary>Serves clients on a Unix socket, each on a thread of its own: one that is slow, silent or malicious is alone with it.</summary>
public sealed partial class VarlinkServer
{
    // A handler's frames, and JSON at most 64 deep.
    private const int StackBytes = 512 << 10;
    private static readonly TimeSpan s_acceptPause = TimeSpan.FromSeconds(1);

    private readonly VarlinkService _service;
    private readonly UnixStream _listener;
    private readonly VarlinkLimits _limits;
    private readonly ILogger _logger;
    private readonly VarlinkException? _tooMany;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, (UnixStream Socket, uint User, Thread Thread)> _clients = [];
    private long _nextId;

    /// <summary>A server, which serves in <see cref="Run"/>.</summary>
    /// <param name="service">What it serves.</param>
    /// <param name="listener">The socket that listens; it stays the caller's.</param>
    /// <param name="limits">What it bears; null for what <see cref="VarlinkLimits"/> begins with.</param>
    /// <param name="logger">Where to tell of clients that are disconnected; null for nowhere.</param>
    /// <param name="tooMany">What who is one too many hears before it is disconnected, as the answer to what it would have asked; null for nothing.</param>
    public VarlinkServer(VarlinkService service, UnixStream listener, VarlinkLimits? limits = null, ILogger<VarlinkServer>? logger = null, VarlinkException? tooMany = null)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(listener);
        _service = service;
        _listener = listener;
        _limits = limits ?? new VarlinkLimits();
        _logger = logger ?? NullLogger<VarlinkServer>.Instance;
        _tooMany = tooMany;
    }

    /// <summary>How many clients are connected.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (_lock) return _clients.Count;
        }
    }

    /// <summary>Accepts and serves clients on this thread until cancelled; then ends every connection, and returns when their handlers have.</summary>
    /// <param name="cancellation">Ends it. The listener stays as it is: who connects from then on waits for the next that serves, or until it is closed.</param>
    /// <exception cref="LinuxException">The socket does not listen.</exception>
    public void Run(CancellationToken cancellation)
    {
        // A listener that was shut down would be so for the service manager too, which passes it to the next process.
        using var end = EventFd.Create();
        using var ready = Epoll.Create();
        ready.Add(_listener.Fd, 0, EpollEvents.Readable);
        ready.Add(end.Fd, 0, EpollEvents.Readable);
        using var registration = cancellation.UnsafeRegister(static self => ((EventFd)self!).Signal(), end);
        var events = new EpollEvent[1];
        while (true)
        {
            var happened = ready.Wait(events, Timeout.InfiniteTimeSpan);
            if (cancellation.IsCancellationRequested) break;
            if (happened == 0) continue;
            UnixStream socket;
            try
            {
                socket = _listener.Accept();
            }
            catch (LinuxException e) when (e.Errno is Errno.ECONNABORTED or Errno.EINTR)
            {
                continue;
            }
            catch (LinuxException e) when (e.Errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOBUFS)
            {
                LogCannotAccept(_logger, e);
                cancellation.WaitHandle.WaitOne(s_acceptPause);
                continue;
            }

            Admit(socket);
        }

        Thread[] threads;
        lock (_lock)
        {
            foreach (var (socket, _, _) in _clients.Values) socket.Shutdown();
            threads = [.. _clients.Values.Select(static client => client.Thread)];
        }

        foreach (var thread in threads) thread.Join();
    }

    private void Admit(UnixStream socket)
    {
        var connection = new VarlinkConnection(++_nextId, socket);
        var peer = connection.Peer;
        lock (_lock)
        {
            var ofUser = _clients.Values.Count(client => client.User == peer.UserId);
            if (_clients.Count < _limits.Connections && ofUser < _limits.ConnectionsPerUser)
            {
                var thread = new Thread(() => Serve(socket, connection), StackBytes) { IsBackground = true, Name = $"varlink {connection.Id}" };
                try
                {
                    thread.Start();
                    _clients.Add(connection.Id, (socket, peer.UserId, thread));
                    return;
                }
                catch (OutOfMemoryException failure)
                {
                    // What the runtime throws where the kernel has no thread for it (pids.max, say): the others go on.
                    LogCannotAccept(_logger, failure);
                }
            }
            else
            {
                LogTooMany(_logger, peer.ProcessId, peer.UserId, ofUser, _clients.Count);
            }
        }

        // There is room for it: nothing was sent before.
        if (_tooMany is not null) _ = socket.TrySend(new ReplyMessage(_tooMany.Parameters, _tooMany.Error, Continues: false).Write().Span, [], TimeSpan.Zero);
        socket.Dispose();
    }

    private void Serve(UnixStream socket, VarlinkConnection connection)
    {
        using var stream = VarlinkStream.Over(socket, _limits.MessageBytes, _limits.Descriptors);
        try
        {
            while (stream.Read(_limits.Idle, _limits.CallTimeout) is { } message)
            {
                using (message) Answer(stream, connection, message);
            }
        }
        catch (LinuxException left) when (left.Errno is Errno.EPIPE or Errno.ECONNRESET)
        {
            // It did not wait for its reply: so ends whoever has watched long enough.
        }
        catch (Exception e) when (e is VarlinkProtocolException or LinuxException)
        {
            LogDisconnected(_logger, connection.Peer.ProcessId, connection.Peer.UserId, e.Message);
        }
        catch (Exception e)
        {
            // The fault is the service's own, and ends one connection: the others go on.
            LogHandlerFailed(_logger, connection.Peer.ProcessId, connection.Peer.UserId, e);
        }
        finally
        {
            connection.End();
            lock (_lock) _clients.Remove(connection.Id);
        }
    }

    private void Answer(MessageStream stream, VarlinkConnection connection, FramedMessage message)
    {
        var request = CallMessage.Read(Envelope.Parse(message.Bytes));
        var call = new VarlinkCall(connection, request, message, stream.Socket);
        try
        {
            _service.Answer(request, call, reply =>
            {
                if (!request.Oneway) stream.Write(reply.Write(), call.Attached, _limits.ReplyTimeout);
                call.CloseAttached();
            });
        }
        finally
        {
            call.CloseAttached();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Process {ProcessId} of user {User} is disconnected: {Problem}")]
    private static partial void LogDisconnected(ILogger logger, int processId, uint user, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Process {ProcessId} of user {User} is not admitted: {OfUser} connections of that user, {All} in all")]
    private static partial void LogTooMany(ILogger logger, int processId, uint user, int ofUser, int all);

    [LoggerMessage(Level = LogLevel.Error, Message = "A call of process {ProcessId} of user {User} failed, and its connection was closed")]
    private static partial void LogHandlerFailed(ILogger logger, int processId, uint user, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "No client can be accepted for now")]
    private static partial void LogCannotAccept(ILogger logger, Exception failure);
}
