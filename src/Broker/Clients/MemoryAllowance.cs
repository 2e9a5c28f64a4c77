namespace Devices.Broker;

/// <summary>How much memory clients have of what their rules give.</summary>
internal sealed class MemoryAllowance
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BrokerClient, Dictionary<string, long>> _used = [];

    /// <summary>Takes memory for a client from the first of its rules that has enough left.</summary>
    /// <returns>The rule; null if none has.</returns>
    internal AccessRule? TryTake(BrokerClient client, long bytes)
    {
        lock (_lock)
        {
            if (client.Rules.FirstOrDefault(rule => bytes <= rule.MemoryBytes - UsedOf(rule)) is not { } rule) return null;
            Add(client, rule.Name, bytes);
            return rule;
        }
    }

    /// <summary>What a client has, by rule.</summary>
    internal IReadOnlyList<MemoryRecord> Of(BrokerClient client)
    {
        lock (_lock) return _used.TryGetValue(client, out var mine) ? [.. mine.Where(static each => each.Value > 0).Select(static each => new MemoryRecord(each.Key, each.Value))] : [];
    }

    /// <summary>What all clients have, by rule.</summary>
    internal IReadOnlyList<MemoryRecord> ByRule()
    {
        lock (_lock) return [.. _used.Values.SelectMany(static each => each).GroupBy(static each => each.Key, static each => each.Value, StringComparer.Ordinal).Select(static each => new MemoryRecord(each.Key, each.Sum()))];
    }

    /// <summary>Counts memory that a client has already: what it was given stays its own, whatever its rules give by now.</summary>
    internal void Restore(BrokerClient client, MemoryRecord memory)
    {
        lock (_lock) Add(client, memory.Rule, memory.Bytes);
    }

    /// <summary>Counts a client's memory as another one's from now on.</summary>
    internal void Move(BrokerClient from, BrokerClient to)
    {
        lock (_lock)
        {
            if (!_used.Remove(from, out var moved)) return;
            foreach (var (rule, bytes) in moved) Add(to, rule, bytes);
        }
    }

    /// <summary>Gives back what was taken and not used after all.</summary>
    internal void Return(BrokerClient client, AccessRule rule, long bytes)
    {
        lock (_lock) _used[client][rule.Name] -= bytes;
    }

    /// <summary>The most that a client can be given at once: none where a policy gives less by now than is given already.</summary>
    internal long LeftFor(BrokerClient client)
    {
        lock (_lock) return client.Rules.Select(rule => Math.Max(0, rule.MemoryBytes - UsedOf(rule))).DefaultIfEmpty(0).Max();
    }

    internal long UsedBy(BrokerClient client)
    {
        lock (_lock) return _used.TryGetValue(client, out var mine) ? mine.Values.Sum() : 0;
    }

    /// <summary>The client has gone.</summary>
    internal void End(BrokerClient client)
    {
        lock (_lock) _used.Remove(client);
    }

    private void Add(BrokerClient client, string rule, long bytes)
    {
        if (!_used.TryGetValue(client, out var mine)) _used.Add(client, mine = new Dictionary<string, long>(StringComparer.Ordinal));
        mine[rule] = mine.GetValueOrDefault(rule) + bytes;
    }

    private long UsedOf(AccessRule rule) => _used.Values.Sum(each => each.GetValueOrDefault(rule.Name));
}
