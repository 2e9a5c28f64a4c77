namespace Devices.Broker;

/// <summary>Tells watchers what happens.</summary>
internal sealed class EventHub
{
    private readonly Lock _lock = new();
    private readonly List<Watcher> _watchers = [];

    internal void Publish(BrokerEvent happened)
    {
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
