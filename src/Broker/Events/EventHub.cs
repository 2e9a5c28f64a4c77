namespace Devices.Broker;

/// <summary>Tells watchers what happens.</summary>
/// <param name="metrics">Counts it; null for nobody.</param>
internal sealed class EventHub(BrokerMetrics? metrics = null)
{
    private readonly Lock _lock = new();
    private readonly List<Watcher> _watchers = [];

    internal void Publish(BrokerEvent happened)
    {
        metrics?.Observe(happened);
        lock (_lock) _watchers.ForEach(watcher => watcher.Offer(happened));
    }

    internal Watcher Add(BrokerClient client)
    {
        var watcher = new Watcher(client);
        lock (_lock) _watchers.Add(watcher);
        return watcher;
    }

    internal void Remove(Watcher watcher)
    {
        lock (_lock) _watchers.Remove(watcher);
        watcher.Dispose();
    }
}
