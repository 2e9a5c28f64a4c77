using System.Text.Json;
using Devices.Linux;
using Devices.LiveUpdate.Protocol;

namespace Devices.LiveUpdate;

/// <summary>A keeper in another process, reached through its socket.</summary>
/// <remarks>
/// Safe for concurrent use; requests go one after the other. docs/keeper.md has the protocol. Where the keeper has ended, the next call goes to the one that listens at the same path by then, as
/// a service does that was started again; what became of a call that was under way nobody knows (<see cref="KeeperProblem.ConnectionLost"/>).
/// </remarks>
public sealed class KeeperClient : IFdKeeper, IDisposable
{
    private const string StartRemedy = "Start the keeper ('devkeep keeper') and try again.";

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly byte[] _buffer = new byte[KeeperProtocol.MaxMessage];
    private UnixChannel _channel;

    private KeeperClient(string path)
    {
        _path = path;
        _channel = Open(path);
    }

    /// <summary>Connects to a keeper that runs as root or as this process's user.</summary>
    /// <param name="path">Its socket.</param>
    /// <returns>The client.</returns>
    /// <exception cref="LinuxException">ENOENT, ECONNREFUSED: no keeper runs there; EACCES: it is not for this user.</exception>
    /// <exception cref="KeeperException"><see cref="KeeperProblem.NotTrusted"/>.</exception>
    public static KeeperClient Connect(string path = KeeperServer.DefaultSocketPath) => new(path);

    /// <inheritdoc/>
    public KeeperStatus Status()
    {
        var status = Ask(new KeeperRequest { Op = KeeperProtocol.StatusOp }).Status ?? throw NotUnderstood();
        var sessions = new List<KeptSession>();
        while (true)
        {
            var page = Ask(new KeeperRequest { Op = KeeperProtocol.SessionsOp, Skip = sessions.Count }).Sessions ?? [];
            foreach (var session in page)
            {
                if (!SessionName.TryCreate(session.Name, out var name))
                    throw NotUnderstood();
                sessions.Add(new KeptSession(name, session.Incoming ? SessionDirection.Incoming : SessionDirection.Outgoing, session.Since));
            }
            if (page.Length < KeeperProtocol.SessionsPerPage)
                return new KeeperStatus(status.Pid, status.BootId, status.Since, status.Fds, sessions);
        }
    }

    /// <inheritdoc/>
    public void Put(string name, FileDescriptor fd, bool replace = false)
    {
        FdName.Check(name, nameof(name));
        ArgumentNullException.ThrowIfNull(fd);
        Ask(new KeeperRequest { Op = KeeperProtocol.PutOp, Name = name, Replace = replace }, fd);
    }

    /// <inheritdoc/>
    public FileDescriptor? Get(string name)
    {
        FdName.Check(name, nameof(name));
        Ask(new KeeperRequest { Op = KeeperProtocol.GetOp, Name = name }, null, out var received);
        return received;
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeptFd> List()
    {
        var fds = new List<KeptFd>();
        while (true)
        {
            var after = fds.Count == 0 ? null : fds[^1].Name;
            var page = Ask(new KeeperRequest { Op = KeeperProtocol.ListOp, After = after }).Fds ?? [];
            foreach (var fd in page)
            {
                // A kind of a newer keeper is "other" to this release.
                var kind = Enum.TryParse<FdKind>(fd.Kind, out var known) ? known : FdKind.Other;
                SessionName? session = fd.Session is null ? null : new SessionName(fd.Session);
                fds.Add(new KeptFd(fd.Name, kind, fd.Target, fd.Since, session, fd.Token is { } token ? new FdToken(token) : null));
            }
            if (page.Length < KeeperProtocol.FdsPerPage)
                return fds;
        }
    }

    /// <inheritdoc/>
    public bool Remove(string name)
    {
        FdName.Check(name, nameof(name));
        return Ask(new KeeperRequest { Op = KeeperProtocol.RemoveOp, Name = name }).Found == true;
    }

    /// <inheritdoc/>
    public void CreateSession(SessionName name) => Ask(new KeeperRequest { Op = KeeperProtocol.CreateSessionOp, Session = name.Value });

    /// <inheritdoc/>
    public SessionName AdoptSession(FileDescriptor session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new SessionName(Ask(new KeeperRequest { Op = KeeperProtocol.AdoptSessionOp }, session).Session ?? throw NotUnderstood());
    }

    /// <inheritdoc/>
    public void Preserve(SessionName session, string name, FdToken token)
    {
        FdName.Check(name, nameof(name));
        Ask(new KeeperRequest { Op = KeeperProtocol.PreserveOp, Session = session.Value, Name = name, Token = token.Value });
    }

    /// <inheritdoc/>
    public void Discard(SessionName session) => Ask(new KeeperRequest { Op = KeeperProtocol.DiscardOp, Session = session.Value });

    /// <inheritdoc/>
    public void RetrieveSession(SessionName name) => Ask(new KeeperRequest { Op = KeeperProtocol.RetrieveSessionOp, Session = name.Value });

    /// <inheritdoc/>
    public void RetrieveFd(SessionName session, FdToken token, string name)
    {
        FdName.Check(name, nameof(name));
        Ask(new KeeperRequest { Op = KeeperProtocol.RetrieveFdOp, Session = session.Value, Name = name, Token = token.Value });
    }

    /// <inheritdoc/>
    public void Finish(SessionName session) => Ask(new KeeperRequest { Op = KeeperProtocol.FinishOp, Session = session.Value });

    /// <summary>Asks the keeper to end.</summary>
    /// <param name="force">Whether it gives up what it holds: sessions are lost, devices reset.</param>
    /// <exception cref="KeeperException"><see cref="KeeperProblem.StillHolding"/>: it holds something, and <paramref name="force"/> is false.</exception>
    public void Stop(bool force = false) => Ask(new KeeperRequest { Op = KeeperProtocol.StopOp, Force = force });

    /// <summary>Disconnects. What was put stays with the keeper.</summary>
    public void Dispose() => _channel.Dispose();

    private static UnixChannel Open(string path)
    {
        var channel = UnixChannel.Connect(path, StartRemedy);
        try
        {
            var peer = channel.Peer;
            if (!ProcessIdentity.Trusts(peer.UserId))
                throw new KeeperException(KeeperProblem.NotTrusted, $"Who listens at {path} (pid {peer.ProcessId}) runs under user id {peer.UserId}, neither root nor ours: nothing is handed to it.");
            return channel;
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    private KeeperReply Ask(KeeperRequest request, FileDescriptor? fd = null)
    {
        var reply = Ask(request, fd, out var received);
        if (received is not null)
        {
            received.Dispose();
            throw NotUnderstood();
        }
        return reply;
    }

    private KeeperReply Ask(KeeperRequest request, FileDescriptor? fd, out FileDescriptor? received)
    {
        var message = JsonSerializer.SerializeToUtf8Bytes(request, KeeperJson.Default.KeeperRequest);
        lock (_gate)
        {
            var answer = Exchange(message, fd);
            KeeperReply? reply = null;
            try
            {
                if (answer.Truncated || answer.Descriptors.Count > 1)
                    throw NotUnderstood();
                reply = JsonSerializer.Deserialize(_buffer.AsSpan(0, answer.Length), KeeperJson.Default.KeeperReply) ?? throw NotUnderstood();
                if (reply.Error is not null)
                    throw reply.Error.ToException();
                if (reply.Found == true && request.Op == KeeperProtocol.GetOp && answer.Descriptors.Count == 0)
                    throw NotUnderstood();
                received = answer.Descriptors.Count == 1 ? Named(answer.Descriptors[0], request.Name) : null;
                return reply;
            }
            catch (JsonException e)
            {
                Close(answer);
                throw NotUnderstood(e);
            }
            catch
            {
                Close(answer);
                throw;
            }
        }
    }

    private ReceivedMessage Exchange(byte[] message, FileDescriptor? fd)
    {
        ReceivedMessage answer;
        try
        {
            if (!TrySend(message, fd))
            {
                // Nobody has seen it: another keeper may.
                Reconnect();
                if (!TrySend(message, fd)) throw Lost(null);
            }

            answer = _channel.Receive(_buffer);
        }
        catch (LinuxException e) when (e.Errno is Errno.EPIPE or Errno.ECONNRESET or Errno.ENOTCONN)
        {
            throw Lost(e);
        }
        if (answer.Length > 0)
            return answer;
        Close(answer);
        throw Lost(null);
    }

    /// <summary>Sends a request.</summary>
    /// <returns>False if the other end is closed, and the request went nowhere.</returns>
    private bool TrySend(byte[] message, FileDescriptor? fd)
    {
        var errno = fd is null ? _channel.TrySend(message, [], wait: true) : _channel.TrySend(message, [fd], wait: true);
        return errno switch
        {
            Errno.None => true,
            Errno.EPIPE or Errno.ECONNRESET or Errno.ENOTCONN => false,
            _ => throw new LinuxException(errno, "sendmsg", _channel.Fd.Subject),
        };
    }

    private void Reconnect()
    {
        UnixChannel next;
        try
        {
            next = Open(_path);
        }
        catch (LinuxException nobody)
        {
            throw Lost(nobody);
        }

        _channel.Dispose();
        _channel = next;
    }

    private static FileDescriptor Named(FileDescriptor fd, string? name)
    {
        // The number was received without a name; errors on the duplicate should carry the one that the caller knows.
        using (fd)
        using (var lease = fd.Lease())
            return FileDescriptor.DuplicateOf(lease.Number, name ?? fd.Subject);
    }

    private static void Close(ReceivedMessage message)
    {
        foreach (var descriptor in message.Descriptors)
            descriptor.Dispose();
    }

    private static KeeperException Lost(Exception? cause) => new(
        KeeperProblem.ConnectionLost,
        "The connection to the keeper is lost; whether the last call took effect is not known. The next call goes to the keeper that listens there by then: look at what it holds. If the keeper has ended and no service manager holds what it held, all of it is closed: outgoing sessions are given up, incoming ones finished, devices reset by the kernel.",
        cause);

    private static KeeperException NotUnderstood(Exception? cause = null) => new(
        KeeperProblem.Protocol,
        "The keeper's answer was not understood: keeper and client are of different releases. Use the same release for both; what the keeper holds is safe meanwhile.",
        cause);
}
