using System.Diagnostics;
using Devices.Linux;
using Devices.LiveUpdate.Stored;
using Microsoft.Extensions.Logging;

namespace Devices.LiveUpdate;

/// <summary>
/// A keeper inside of this process: what it holds dies with the process, unless the service manager holds it too (<see cref="Restore"/>). For rigs of a single process
/// and for tests; it is also what <see cref="KeeperServer"/> serves. It has no Dispose: give up what it holds by name.
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class InProcessKeeper : IFdKeeper
{
    // A path may have 4 KiB; a listing needs its beginning.
    private const int MaxTargetLength = 256;

    private static readonly TimeSpan s_closing = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Held> _fds = new(StringComparer.Ordinal);
    private readonly Dictionary<SessionName, HeldSession<OutgoingSession>> _outgoing = [];
    private readonly Dictionary<SessionName, HeldSession<IncomingSession>> _incoming = [];
    private readonly DateTimeOffset _since = DateTimeOffset.UtcNow;
    private readonly ServiceManagerStore? _store;

    /// <summary>Creates one that holds alone.</summary>
    public InProcessKeeper()
    {
    }

    private InProcessKeeper(ServiceManagerStore store) => _store = store;

    /// <summary>Whether the service manager holds everything too, as far as it could be told.</summary>
    public bool IsStored => _store is not null;

    /// <summary>Whether a descriptor that the service manager passed to this process is a keeper's.</summary>
    /// <param name="passed">The descriptor.</param>
    public static bool Kept(PassedFd passed)
    {
        ArgumentNullException.ThrowIfNull(passed);
        return ServiceManagerStore.Named(passed);
    }

    /// <summary>
    /// Goes on with what the service manager kept of this service's last process, and from now on has it keep everything that is held: what was put, created or retrieved
    /// outlives this process too, however it ends. Without a service manager it is a keeper that holds alone.
    /// </summary>
    /// <param name="passed">What of <see cref="ServiceManager.TakeListenFds"/> is <see cref="Kept"/>; the keeper's from now on.</param>
    /// <param name="logger">Where to tell of what could not be kept, or did not come back.</param>
    /// <returns>The keeper.</returns>
    /// <remarks>
    /// systemd's descriptor store: <c>FileDescriptorStoreMax=</c> of the unit has to be large enough (a descriptor for each that is held, each session, and one more). Over
    /// <c>systemctl stop</c> it needs <c>FileDescriptorStorePreserve=yes</c> (systemd 254). A session that was retrieved is held by this process alone for the time of one message; a process that
    /// is killed just then loses it. One killed just after it preserved a file repeats that in vain: EEXIST tells so, and the session has to be discarded.
    /// </remarks>
    public static InProcessKeeper Restore(IReadOnlyList<PassedFd> passed, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(passed);
        if (!ServiceManager.IsPresent) return new InProcessKeeper();
        var keeper = new InProcessKeeper(new ServiceManagerStore(logger));
        keeper.Load(passed);
        return keeper;
    }

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
            Save(held.Key);
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
            var session = OpenSession(name);
            Hold(session, DateTimeOffset.UtcNow, Keep(session.Fd));
            Save();
        }
    }

    /// <inheritdoc/>
    public SessionName AdoptSession(FileDescriptor session)
    {
        ArgumentNullException.ThrowIfNull(session);
        lock (_gate)
        {
            var name = SessionNames.Of(session);
            var direction = SessionNames.DirectionOf(session, name);
            var isHeld = direction == SessionDirection.Outgoing ? _outgoing.ContainsKey(name) : _incoming.ContainsKey(name);
            if (isHeld) return name;
            if (direction == SessionDirection.Outgoing) Hold(OutgoingSession.FromFd(session), DateTimeOffset.UtcNow, Keep(session));
            else Hold(IncomingSession.FromFd(session), DateTimeOffset.UtcNow, Keep(session));
            Save();
            return name;
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
            Save();
        }
    }

    /// <inheritdoc/>
    public void Discard(SessionName session)
    {
        lock (_gate)
        {
            Outgoing(session).Discard();
            _outgoing.Remove(session, out var ended);
            foreach (var (name, held) in _fds.ToArray())
            {
                if (held.Direction == SessionDirection.Outgoing && held.Session == session)
                    _fds[name] = held with { Session = null, Token = null, Direction = null };
            }
            Unroot();
            Save(ended!.Key);
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
            var session = orchestrator.RetrieveSession(name);
            Hold(session, DateTimeOffset.UtcNow, Keep(session.Fd));
            Save();
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
            var ending = Incoming(session);
            _incoming.Remove(session, out var held);
            Save(); // first: what is stored and not listed ends when a next process starts, as it would have here
            try
            {
                ending.Finish();
            }
            catch
            {
                _incoming.Add(session, held!);
                Save();
                throw;
            }

            Unroot();
            Save(held!.Key);
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

        var key = Keep(fd);
        _fds.Remove(name, out var replaced);
        _fds.Add(name, new Held(fd, Cut(target), DateTimeOffset.UtcNow, key, session, token, session is null ? null : SessionDirection.Incoming));
        replaced?.Fd.Dispose();
        Rooted.Add(this);
        if (replaced is null) Save();
        else Save(replaced.Key);
    }

    private void Hold(OutgoingSession session, DateTimeOffset since, long key)
    {
        _outgoing.Add(session.Name, new HeldSession<OutgoingSession>(session, since, key));
        Rooted.Add(this);
    }

    private void Hold(IncomingSession session, DateTimeOffset since, long key)
    {
        _incoming.Add(session.Name, new HeldSession<IncomingSession>(session, since, key));
        Rooted.Add(this);
    }

    private static string Cut(string target) => target.Length > MaxTargetLength ? target[..MaxTargetLength] : target;

    // The manager closes what it gave up a moment after it has confirmed that, and the kernel's session ends with its last descriptor.
    private OutgoingSession OpenSession(SessionName name)
    {
        using var orchestrator = LiveUpdateOrchestrator.Open();
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return orchestrator.CreateSession(name);
            }
            catch (LinuxException taken) when (taken.Errno == Errno.EEXIST && _store is not null && Stopwatch.GetElapsedTime(start) < s_closing)
            {
                Thread.Sleep(s_pause);
            }
        }
    }

    // The service manager keeps an open file once, by the first name that it got it under: what is held twice shares its key.
    private long Keep(FileDescriptor fd)
    {
        if (_store is null) return 0;
        foreach (var held in _fds.Values)
        {
            if (held.Fd.IsDuplicateOf(fd)) return held.Key;
        }

        return _store.Keep(fd);
    }

    private void Save(long dropped) => Save(_fds.Values.Any(held => held.Key == dropped) ? [] : [dropped]);

    private void Save(params ReadOnlySpan<long> dropped) => _store?.Save(
        new StoredState(
            BootId.Current,
            [.. _fds.Select(static each => new StoredFd(each.Value.Key, each.Key, each.Value.Since, each.Value.Session?.Value, each.Value.Token?.Value, each.Value.Direction == SessionDirection.Incoming))],
            [
                .. _outgoing.Select(static each => new StoredSession(each.Value.Key, each.Key.Value, each.Value.Since, Incoming: false)),
                .. _incoming.Select(static each => new StoredSession(each.Value.Key, each.Key.Value, each.Value.Since, Incoming: true)),
            ]),
        dropped);

    private void Load(IReadOnlyList<PassedFd> passed)
    {
        lock (_gate)
        {
            if (_store!.Restore(passed) is not var (state, fds)) return;
            foreach (var stored in state.Sessions)
            {
                if (!fds.Remove(stored.Key, out var fd))
                {
                    _store.Missed($"session {stored.Name}");
                    continue;
                }

                using (fd)
                {
                    if (stored.Incoming) Hold(IncomingSession.FromFd(fd), stored.Since, stored.Key);
                    else Hold(OutgoingSession.FromFd(fd), stored.Since, stored.Key);
                }
            }

            foreach (var stored in state.Fds)
            {
                if (!fds.TryGetValue(stored.Key, out var shared))
                {
                    _store.Missed(stored.Name);
                    continue;
                }

                var fd = shared.Duplicate();
                SessionDirection? direction = stored.Session is null ? null : stored.Incoming ? SessionDirection.Incoming : SessionDirection.Outgoing;
                _fds.Add(stored.Name, new Held(fd, Cut(fd.LinkTarget), stored.Since, stored.Key, stored.Session is { } session ? new SessionName(session) : null, stored.Token is { } token ? new FdToken(token) : null, direction));
            }

            foreach (var fd in fds.Values) fd.Dispose();
            if (_fds.Count + _outgoing.Count + _incoming.Count > 0) Rooted.Add(this);
            Save();
        }
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

    private sealed record HeldSession<T>(T Session, DateTimeOffset Since, long Key);

    private sealed record Held(FileDescriptor Fd, string Target, DateTimeOffset Since, long Key, SessionName? Session, FdToken? Token, SessionDirection? Direction)
    {
        internal bool IsPreservedIn(SessionName session, FdToken token) => Direction == SessionDirection.Outgoing && Session == session && Token == token;

        internal bool IsRetrievedFrom(SessionName session, FdToken token) => Direction == SessionDirection.Incoming && Session == session && Token == token;
    }
}
