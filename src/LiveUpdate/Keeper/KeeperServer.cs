using System.Runtime.InteropServices;
using System.Text.Json;
using Devices.Linux;
using Devices.LiveUpdate.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devices.LiveUpdate;

/// <summary>
/// The keeper process: one thread that does nothing but hold descriptors and sessions and answer on a Unix socket. Whatever a client sends,
/// leaves out or breaks off ends at worst that client's connection.
/// </summary>
/// <remarks>
/// <para>Only root and the keeper's own user are served (<c>SO_PEERCRED</c>). No client is waited for: its next message is taken when it is there, and one that does not read its answers is
/// thrown out. A call of the kernel on a client's behalf (preserving a large memfd) does hold up the others.</para>
/// <para>SIGTERM and SIGINT end it only when it holds nothing, or when the service manager holds it too (<see cref="InProcessKeeper.Restore"/>): one that insists with SIGKILL, and holds nothing, loses what is
/// held. Use <see cref="KeeperClient.Stop"/>.</para>
/// </remarks>
public sealed partial class KeeperServer : IDisposable
{
    /// <summary>The socket that keeper and clients use unless told otherwise.</summary>
    public const string DefaultSocketPath = "/run/devkeep/keeper.sock";

    private const int MaxClients = 256;
    private const ulong ListenerToken = 0;
    private const ulong WakeToken = 1;
    private static readonly TimeSpan s_acceptPause = TimeSpan.FromSeconds(1);

    private readonly UnixChannel _listener;
    private readonly FileStream _lock;
    private readonly ILogger _logger;
    private readonly Epoll _epoll = Epoll.Create();
    private readonly EventFd _wake = EventFd.Create();
    private readonly Dictionary<ulong, Client> _clients = [];
    private readonly byte[] _buffer = new byte[KeeperProtocol.MaxMessage];
    private readonly KeeperDispatcher _dispatcher;
    private ulong _nextToken = WakeToken + 1;
    private bool _accepting = true;
    private volatile bool _stopAsked;
    private bool _idleStop;

    private KeeperServer(UnixChannel listener, FileStream lockFile, string path, InProcessKeeper keeper, ILogger logger)
    {
        Keeper = keeper;
        _listener = listener;
        _lock = lockFile;
        _logger = logger;
        SocketPath = path;
        _dispatcher = new KeeperDispatcher(Keeper);
        _epoll.Add(listener.Fd, ListenerToken, EpollEvents.Readable);
        _epoll.Add(_wake.Fd, WakeToken, EpollEvents.Readable);
    }

    /// <summary>The socket's path.</summary>
    public string SocketPath { get; }

    /// <summary>What is held. It outlives the server object: only giving a name up, or the end of the process, closes it.</summary>
    public InProcessKeeper Keeper { get; }

    /// <summary>Starts to listen. The socket's folder is made for this user alone (0700) if it is not there; the socket of a keeper that died is replaced.</summary>
    /// <param name="path">The socket, at most 107 bytes.</param>
    /// <param name="logger">Where to tell of clients that misbehave and of what is held when asked to end; null for nowhere.</param>
    /// <param name="keeper">What holds; null for a new one that holds alone.</param>
    /// <returns>The server, which serves in <see cref="Run"/>.</returns>
    /// <exception cref="KeeperException"><see cref="KeeperProblem.AlreadyRunning"/>: a keeper lives there; <see cref="KeeperProblem.NotTrusted"/>: others may write into the folder.</exception>
    /// <exception cref="LinuxException">The socket cannot be made.</exception>
    public static KeeperServer Listen(string path = DefaultSocketPath, ILogger<KeeperServer>? logger = null, InProcessKeeper? keeper = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.GetFullPath(path);
        KeeperSocket.PrepareFolder(Path.GetDirectoryName(path)!);
        var lockFile = KeeperSocket.TakeLock(path + ".lock", path);
        try
        {
            // The lock is ours, so whoever made this socket is dead.
            File.Delete(path);
            var listener = UnixChannel.Listen(path);
            try
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                return new KeeperServer(listener, lockFile, path, keeper ?? new InProcessKeeper(), logger ?? NullLogger<KeeperServer>.Instance);
            }
            catch
            {
                listener.Dispose();
                throw;
            }
        }
        catch
        {
            lockFile.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Serves as the purpose of this process: takes SIGTERM and SIGINT as a request to end, which is refused and logged while something is held, ignores SIGHUP, and
    /// asks the kernel not to pick this process when memory runs out.
    /// </summary>
    /// <param name="cancellation">Ends the serving whatever is held.</param>
    public void RunAsProcess(CancellationToken cancellation = default)
    {
        ShieldFromOom();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStopSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStopSignal);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        Run(cancellation);
    }

    /// <summary>Serves on this thread until told to end: by <see cref="RequestStop"/> or a signal when nothing is held here alone, by <see cref="KeeperClient.Stop"/>, or by <paramref name="cancellation"/>.</summary>
    /// <param name="cancellation">Ends the serving whatever is held. What is held stays open in <see cref="Keeper"/>.</param>
    public void Run(CancellationToken cancellation = default)
    {
        LogListening(_logger, SocketPath);
        using var registration = cancellation.UnsafeRegister(static self => ((KeeperServer)self!)._wake.Signal(), this);
        var events = new EpollEvent[64];
        while (!_idleStop && !_dispatcher.StopAsked && !cancellation.IsCancellationRequested)
        {
            var count = _epoll.Wait(events, _accepting ? Timeout.InfiniteTimeSpan : s_acceptPause);
            ResumeAccepting();
            foreach (var happened in events.AsSpan(0, count))
                Handle(happened.Token);
            if (_stopAsked)
            {
                _stopAsked = false;
                StopIfIdle();
            }
        }
    }

    /// <summary>Asks the server to end as SIGTERM does: if something is held it logs what, and goes on. May be called from any thread.</summary>
    public void RequestStop()
    {
        _stopAsked = true;
        _wake.Signal();
    }

    /// <summary>Stops listening and removes the socket. What is held stays open in <see cref="Keeper"/>.</summary>
    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Channel.Dispose();
        _clients.Clear();
        _listener.Dispose();
        File.Delete(SocketPath);
        _epoll.Dispose();
        _wake.Dispose();
        _lock.Dispose();
    }

    private void Handle(ulong token)
    {
        _clients.TryGetValue(token, out var client);
        try
        {
            if (token == WakeToken)
                _wake.TryRead(out _);
            else if (token == ListenerToken)
                Accept();
            else if (client is not null)
                Serve(client);
        }
        catch (Exception)
        {
            // A logger that fails, say, and then nobody can be told: the end of this client, never of what is held.
            if (client is not null)
                Remove(client);
        }
    }

    private void Accept()
    {
        UnixChannel channel;
        try
        {
            channel = _listener.Accept();
        }
        catch (LinuxException e)
        {
            // Out of descriptors, most likely. The caller stays in the queue, and would wake this loop without end.
            LogAcceptFailed(_logger, e.Message);
            _epoll.Remove(_listener.Fd);
            _accepting = false;
            return;
        }
        try
        {
            var peer = channel.Peer;
            if (!ProcessIdentity.Trusts(peer.UserId))
            {
                LogNotTrusted(_logger, peer.ProcessId, peer.UserId);
                channel.Dispose();
                return;
            }
            if (_clients.Count >= MaxClients)
            {
                LogTooMany(_logger, peer.ProcessId, MaxClients);
                channel.Dispose();
                return;
            }
            var client = new Client(channel, _nextToken++, peer.ProcessId);
            _epoll.Add(channel.Fd, client.Token, EpollEvents.Readable);
            _clients.Add(client.Token, client);
        }
        catch (LinuxException e)
        {
            LogAcceptFailed(_logger, e.Message);
            channel.Dispose();
        }
    }

    private void ResumeAccepting()
    {
        if (_accepting)
            return;
        _epoll.Add(_listener.Fd, ListenerToken, EpollEvents.Readable);
        _accepting = true;
    }

    private void Serve(Client client)
    {
        ReceivedMessage message;
        try
        {
            if (!client.Channel.TryReceive(_buffer, TimeSpan.Zero, out message))
                return;
        }
        catch (LinuxException e)
        {
            Drop(client, e.Message);
            return;
        }
        FileDescriptor? passed = null;
        try
        {
            if (message.Length == 0)
            {
                Drop(client, null);
                return;
            }
            var reply = Answer(client, message, out passed);
            Reply(client, reply, passed);
        }
        finally
        {
            passed?.Dispose();
            foreach (var descriptor in message.Descriptors)
                descriptor.Dispose();
        }
    }

    private KeeperReply Answer(Client client, ReceivedMessage message, out FileDescriptor? passed)
    {
        passed = null;
        try
        {
            if (message.Truncated)
                throw KeeperDispatcher.Misunderstood($"a request has at most {KeeperProtocol.MaxMessage} bytes and {UnixChannel.MaxDescriptors} descriptors, and this one, or the keeper's room for descriptors, went beyond");
            KeeperRequest? request;
            try
            {
                request = JsonSerializer.Deserialize(_buffer.AsSpan(0, message.Length), KeeperJson.Default.KeeperRequest);
            }
            catch (JsonException e)
            {
                throw KeeperDispatcher.Misunderstood($"the request is not JSON of the expected form ({e.Message})");
            }
            if (request?.Version != KeeperProtocol.Version)
                throw KeeperDispatcher.Misunderstood($"the request is of protocol version {request?.Version}, this keeper speaks {KeeperProtocol.Version}");
            return _dispatcher.Execute(request, message.Descriptors, out passed);
        }
        catch (Exception e)
        {
            // Whatever a client provokes: it must hear of it, and the keeper must live.
            var error = KeeperError.Of(e);
            LogRefused(_logger, client.ProcessId, error.Message);
            return new KeeperReply { Error = error };
        }
    }

    private void Reply(Client client, KeeperReply reply, FileDescriptor? passed)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(reply, KeeperJson.Default.KeeperReply);
        var errno = passed is null
            ? client.Channel.TrySend(bytes, [], wait: false)
            : client.Channel.TrySend(bytes, [passed], wait: false);
        if (errno == Errno.ETOOMANYREFS)
        {
            var refused = new KeeperReply { Error = KeeperError.Of(new LinuxException(errno, "sendmsg", "the descriptor", "Too many descriptors are on their way between processes: take those that were sent.")) };
            errno = client.Channel.TrySend(JsonSerializer.SerializeToUtf8Bytes(refused, KeeperJson.Default.KeeperReply), [], wait: false);
        }
        if (errno != Errno.None)
            Drop(client, errno == Errno.EAGAIN ? "it does not read its answers" : errno.ToString());
    }

    private void Drop(Client client, string? reason)
    {
        if (reason is not null)
            LogDropped(_logger, client.ProcessId, reason);
        Remove(client);
    }

    private void Remove(Client client)
    {
        if (!_clients.Remove(client.Token))
            return;
        _epoll.Remove(client.Channel.Fd);
        client.Channel.Dispose();
    }

    private void OnStopSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        RequestStop();
    }

    private void StopIfIdle()
    {
        var status = Keeper.Status();
        if (!status.IsHolding || Keeper.IsStored)
        {
            if (status.IsHolding) LogLeftToManager(_logger, status.FdCount, status.Sessions.Count);
            _idleStop = true;
            return;
        }
        LogRefusingToStop(_logger, status.FdCount, status.Sessions.Count);
        foreach (var session in status.Sessions)
            LogHeldSession(_logger, session.Direction, session.Name.Value, session.Since);
        foreach (var fd in Keeper.List())
            LogHeldFd(_logger, fd.Name, fd.Target, fd.Since);
    }

    private void ShieldFromOom()
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "-1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNoOomShield(_logger, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "The keeper listens at {Path}")]
    private static partial void LogListening(ILogger logger, string path);

    [LoggerMessage(LogLevel.Warning, "A client could not be accepted: {Reason}")]
    private static partial void LogAcceptFailed(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "Process {ProcessId} under user id {UserId} was turned away: only root and the keeper's own user are served")]
    private static partial void LogNotTrusted(ILogger logger, int processId, uint userId);

    [LoggerMessage(LogLevel.Warning, "Process {ProcessId} was turned away: {Limit} clients are connected")]
    private static partial void LogTooMany(ILogger logger, int processId, int limit);

    [LoggerMessage(LogLevel.Information, "A request of process {ProcessId} was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, int processId, string reason);

    [LoggerMessage(LogLevel.Warning, "Process {ProcessId} was disconnected: {Reason}")]
    private static partial void LogDropped(ILogger logger, int processId, string reason);

    [LoggerMessage(LogLevel.Warning, "Asked to end, but {FdCount} descriptors and {SessionCount} sessions are held and would be lost: going on")]
    private static partial void LogRefusingToStop(ILogger logger, int fdCount, int sessionCount);

    [LoggerMessage(LogLevel.Warning, "Ending; {FdCount} descriptors and {SessionCount} sessions are left to the service manager, for this service's next process")]
    private static partial void LogLeftToManager(ILogger logger, int fdCount, int sessionCount);

    [LoggerMessage(LogLevel.Warning, "Held: {Direction} session '{Name}' since {Since:O}")]
    private static partial void LogHeldSession(ILogger logger, SessionDirection direction, string name, DateTimeOffset since);

    [LoggerMessage(LogLevel.Warning, "Held: {Name} ({Target}) since {Since:O}")]
    private static partial void LogHeldFd(ILogger logger, string name, string target, DateTimeOffset since);

    [LoggerMessage(LogLevel.Warning, "The kernel may pick this process when memory runs out: {Reason}")]
    private static partial void LogNoOomShield(ILogger logger, string reason);

    private sealed record Client(UnixChannel Channel, ulong Token, int ProcessId);
}
