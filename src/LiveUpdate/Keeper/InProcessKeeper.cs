using Devices.Linux;

namespace Devices.LiveUpdate;

/// <summary>
/// A keeper inside of this process: what it holds dies with the process. For rigs of a single process and for tests; it is also what
/// <see cref="KeeperServer"/> serves. It has no Dispose: give up what it holds by name.
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class InProcessKeeper : IFdKeeper
{
    // A path may have 4 KiB; a listing needs its beginning.
    private const int MaxTargetLength = 256;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Held> _fds = new(StringComparer.Ordinal);
    private readonly Dictionary<SessionName, (OutgoingSession Session, DateTimeOffset Since)> _outgoing = [];
    private readonly Dictionary<SessionName, (IncomingSession Session, DateTimeOffset Since)> _incoming = [];
    private readonly DateTimeOffset _since = DateTimeOffset.UtcNow;

    /// <inheritdoc/>
    public KeeperStatus Status()
    {
        lock (_gate)
            return new KeeperStatus(Environment.ProcessId, BootId.Current, _since, _fds.Count, Sessions());
    }

    /// <inheritdoc/>
    public void Put(string name, FileDescriptor fd, bool replace = false)
    {
        FdName.Check(name, nameof(name));
        ArgumentNullException.ThrowIfNull(fd);
        lock (_gate)
        {
            if (!replace)
                ThrowIfTaken(name);
            Hold(name, fd.Duplicate(), null, null);
        }
    }

    /// <inheritdoc/>
    public FileDescriptor? Get(string name)
    {
        FdName.Check(name, nameof(name));
        lock (_gate)
            return _fds.TryGetValue(name, out var held) ? held.Fd.Duplicate() : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeptFd> List()
    {
        lock (_gate)
        {
            var list = new List<KeptFd>(_fds.Count);
            foreach (var (name, held) in _fds)
                list.Add(Describe(name, held));
            return list;
        }
    }

    /// <inheritdoc/>
    public bool Remove(string name)
    {
        FdName.Check(name, nameof(name));
        lock (_gate)
        {
            if (!_fds.Remove(name, out var held))
                return false;
            held.Fd.Dispose();
            Unroot();
            return true;
        }
    }

    /// <inheritdoc/>
    public void CreateSession(SessionName name)
    {
        lock (_gate)
        {
            if (_outgoing.ContainsKey(name))
                throw new KeeperException(KeeperProblem.SessionTaken, $"The keeper holds an outgoing session '{name}' already: go on with it, or discard it first.");
            using var orchestrator = LiveUpdateOrchestrator.Open();
            _outgoing.Add(name, (orchestrator.CreateSession(name), DateTimeOffset.UtcNow));
            Rooted.Add(this);
        }
    }

    /// <inheritdoc/>
    public void Preserve(SessionName session, string name, FdToken token)
    {
        FdName.Check(name, nameof(name));
        lock (_gate)
        {
            var outgoing = Outgoing(session);
            if (!_fds.TryGetValue(name, out var held))
                throw new KeeperException(KeeperProblem.NoSuchName, $"The keeper holds no descriptor '{name}': put it first.");
            if (held.IsPreservedIn(session, token))
                return;
            outgoing.Preserve(held.Fd, token);
            _fds[name] = held with { Session = session, Token = token, Direction = SessionDirection.Outgoing };
        }
    }

    /// <inheritdoc/>
    public void Discard(SessionName session)
    {
        lock (_gate)
        {
            Outgoing(session).Discard();
            _outgoing.Remove(session);
            foreach (var (name, held) in _fds.ToArray())
            {
                if (held.Direction == SessionDirection.Outgoing && held.Session == session)
                    _fds[name] = held with { Session = null, Token = null, Direction = null };
            }
            Unroot();
        }
    }

    /// <inheritdoc/>
    public void RetrieveSession(SessionName name)
    {
        lock (_gate)
        {
            if (_incoming.ContainsKey(name))
                return;
            using var orchestrator = LiveUpdateOrchestrator.Open();
            _incoming.Add(name, (orchestrator.RetrieveSession(name), DateTimeOffset.UtcNow));
            Rooted.Add(this);
        }
    }

    /// <inheritdoc/>
    public void RetrieveFd(SessionName session, FdToken token, string name)
    {
        FdName.Check(name, nameof(name));
        lock (_gate)
        {
            var incoming = Incoming(session);
            if (_fds.TryGetValue(name, out var held) && held.IsRetrievedFrom(session, token))
                return;
            ThrowIfTaken(name);
            Hold(name, incoming.Retrieve(token), session, token);
        }
    }

    /// <inheritdoc/>
    public void Finish(SessionName session)
    {
        lock (_gate)
        {
            Incoming(session).Finish();
            _incoming.Remove(session);
            Unroot();
        }
    }

    /// <summary>Lists one page, for an answer of bounded size.</summary>
    internal IReadOnlyList<KeptFd> List(string? after, int count)
    {
        lock (_gate)
        {
            var page = new List<KeptFd>(count);
            foreach (var (name, held) in _fds)
            {
                if (after is not null && string.CompareOrdinal(name, after) <= 0)
                    continue;
                page.Add(Describe(name, held));
                if (page.Count == count)
                    break;
            }
            return page;
        }
    }

    /// <summary>All sessions, the outgoing ones first, each direction ordered by name.</summary>
    internal IReadOnlyList<KeptSession> Sessions()
    {
        lock (_gate)
        {
            var sessions = new List<KeptSession>(_outgoing.Count + _incoming.Count);
            foreach (var (name, held) in _outgoing.OrderBy(pair => pair.Key.Value, StringComparer.Ordinal))
                sessions.Add(new KeptSession(name, SessionDirection.Outgoing, held.Since));
            foreach (var (name, held) in _incoming.OrderBy(pair => pair.Key.Value, StringComparer.Ordinal))
                sessions.Add(new KeptSession(name, SessionDirection.Incoming, held.Since));
            return sessions;
        }
    }

    private static KeptFd Describe(string name, Held held) => new(name, KeptFd.KindOf(held.Target), held.Target, held.Since, held.Session, held.Token);

    private void Hold(string name, FileDescriptor fd, SessionName? session, FdToken? token)
    {
        string target;
        try
        {
            target = fd.LinkTarget;
        }
        catch
        {
            fd.Dispose();
            throw;
        }

        _fds.Remove(name, out var replaced);
        _fds.Add(name, new Held(fd, target.Length > MaxTargetLength ? target[..MaxTargetLength] : target, DateTimeOffset.UtcNow, session, token, session is null ? null : SessionDirection.Incoming));
        replaced?.Fd.Dispose();
        Rooted.Add(this);
    }

    private void Unroot()
    {
        if (_fds.Count == 0 && _outgoing.Count == 0 && _incoming.Count == 0)
            Rooted.Remove(this);
    }

    private void ThrowIfTaken(string name)
    {
        if (_fds.TryGetValue(name, out var held))
            throw new KeeperException(KeeperProblem.NameTaken, $"The keeper holds another descriptor '{name}' ({held.Target}): choose another name, or replace or remove it.");
    }

    private OutgoingSession Outgoing(SessionName name) => _outgoing.TryGetValue(name, out var held)
        ? held.Session
        : throw new KeeperException(KeeperProblem.NoSuchSession, $"The keeper holds no outgoing session '{name}': create it first.");

    private IncomingSession Incoming(SessionName name) => _incoming.TryGetValue(name, out var held)
        ? held.Session
        : throw new KeeperException(KeeperProblem.NoSuchSession, $"The keeper holds no incoming session '{name}': retrieve it first.");

    private sealed record Held(FileDescriptor Fd, string Target, DateTimeOffset Since, SessionName? Session, FdToken? Token, SessionDirection? Direction)
    {
        internal bool IsPreservedIn(SessionName session, FdToken token) => Direction == SessionDirection.Outgoing && Session == session && Token == token;

        internal bool IsRetrievedFrom(SessionName session, FdToken token) => Direction == SessionDirection.Incoming && Session == session && Token == token;
    }
}
