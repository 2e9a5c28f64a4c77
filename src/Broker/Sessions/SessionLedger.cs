namespace Devices.Broker;

/// <summary>Which sessions there are, whose, and by which rule. Not for many threads: <see cref="SessionBroker"/> takes care.</summary>
internal sealed class SessionLedger
{
    /// <summary>The most sessions of all clients together: what is written down of them is bounded.</summary>
    internal const int Most = 128;

    private readonly SortedDictionary<long, SessionEntry> _entries = [];
    private long _next = 1;

    internal IReadOnlyList<SessionEntry> All => [.. _entries.Values];

    /// <summary>Whether a client may have sessions at all.</summary>
    internal static bool Allows(BrokerClient client) => client.Rules.Any(static rule => rule.Sessions > 0);

    /// <summary>The sessions that a client is told of: its own; root of all.</summary>
    internal IReadOnlyList<SessionEntry> VisibleTo(BrokerClient client) =>
        [.. _entries.Values.Where(entry => client.Identity.IsRoot || (Allows(client) && entry.Owner.Is(client.Identity)))];

    /// <summary>A client's own session of a name, by the policy as it is now; null if it has none.</summary>
    internal SessionEntry? Find(BrokerClient client, string name) => Allows(client) ? _entries.Values.FirstOrDefault(entry => entry.Name == name && entry.Owner.Is(client.Identity)) : null;

    /// <summary>Any session by the name that the kernel has for it, which only root may use.</summary>
    internal SessionEntry? FindForRoot(BrokerClient client, string kernelName) =>
        client.Identity.IsRoot ? _entries.Values.FirstOrDefault(entry => entry.KernelName.Value == kernelName) : null;

    internal SessionEntry? Find(long number) => _entries.GetValueOrDefault(number);

    /// <summary>Enters a session as it was before.</summary>
    internal void Restore(SessionEntry entry)
    {
        _entries[entry.Number] = entry;
        _next = Math.Max(_next, entry.Number + 1);
    }

    /// <summary>Whether somebody who could be the client has a session of that name.</summary>
    internal bool IsTaken(BrokerClient client, string name) =>
        _entries.Values.Any(entry => entry.Name == name && client.Rules.Any(rule => rule.Sessions > 0 && entry.Owner.Overlaps(OwnerBy(rule, client))));

    /// <summary>Enters a new session for a client, by the first of its rules that has a session and so much memory left.</summary>
    /// <returns>The session; null if no rule has.</returns>
    internal SessionEntry? TryAdd(BrokerClient client, string name, IReadOnlyList<SessionMemory> memory, IReadOnlyList<SessionDevice> devices)
    {
        var bytes = memory.Sum(static each => each.Size);
        if (_entries.Count >= Most || client.Rules.FirstOrDefault(rule => SessionsLeft(rule) > 0 && bytes <= BytesLeft(rule)) is not { } rule) return null;
        var entry = new SessionEntry(_next++, name, OwnerBy(rule, client), rule.Name, SessionState.Preserved, DateTimeOffset.UtcNow, memory, devices);
        _entries.Add(entry.Number, entry);
        return entry;
    }

    /// <summary>How many bytes a new session of a client could have; 0 where it could have none.</summary>
    internal long LeftFor(BrokerClient client) =>
        _entries.Count >= Most ? 0 : client.Rules.Where(rule => SessionsLeft(rule) > 0).Select(BytesLeft).DefaultIfEmpty(0).Max();

    internal SessionEntry Change(SessionEntry entry, SessionState state) => _entries[entry.Number] = entry with { State = state };

    internal void Remove(SessionEntry entry) => _entries.Remove(entry.Number);

    private static SessionOwner OwnerBy(AccessRule rule, BrokerClient client) => new(client.Identity.UserId, rule.Unit is null ? null : client.Identity.Unit);

    private int SessionsLeft(AccessRule rule) => rule.Sessions - _entries.Values.Count(entry => entry.Rule == rule.Name);

    private long BytesLeft(AccessRule rule) => Math.Max(0, rule.SessionMemoryBytes - _entries.Values.Where(entry => entry.Rule == rule.Name).Sum(static entry => entry.Bytes));
}
