using System.Collections.Concurrent;

namespace Devices.Broker;

/// <summary>The events that a client has still to read. One that does not read them loses the rest, and holds nobody up.</summary>
internal sealed class Watcher(BrokerClient client) : IDisposable
{
    private const int MostWaiting = 256;
    private readonly BlockingCollection<BrokerEvent> _waiting = new(MostWaiting);
    private volatile bool _overrun;

    /// <summary>Adds an event, if it is one for this client: of a device that it may have, or of a session of its own; for root every one.</summary>
    internal void Offer(BrokerEvent happened)
    {
        var visible = client.Identity.IsRoot || (happened.Device is { } device && client.RuleFor(device) is not null) || happened.Session?.Owner.Is(client.Identity) == true;
        if (visible && !_waiting.TryAdd(happened)) _overrun = true;
    }

    /// <summary>Waits for the next event. Where events were lost, that is the last one.</summary>
    /// <returns>Null if none came in time.</returns>
    internal EventReport? Next(TimeSpan patience)
    {
        if (_waiting.TryTake(out var next, _overrun ? TimeSpan.Zero : patience)) return Report(next);
        return _overrun ? Report(new BrokerEvent(Happening.Overrun, DateTimeOffset.UtcNow, null, null, $"More than {MostWaiting} events waited to be read: ask List how things are, and watch anew.")) : null;
    }

    /// <summary>An event as this client is told of it.</summary>
    internal EventReport Report(BrokerEvent happened) => new(
        happened.What,
        (happened.Time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
        happened.Device?.Address.ToString(),
        client.Identity.IsRoot ? happened.Client : null,
        happened.Cause,
        happened.Session?.Name);

    public void Dispose() => _waiting.Dispose();
}
