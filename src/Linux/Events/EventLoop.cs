namespace Devices.Linux;

/// <summary>The one thread that waits for all eventfds with an asynchronous waiter.</summary>
internal sealed class EventLoop
{
    private const int Batch = 64;
    private static readonly Lock s_gate = new();
    private static EventLoop? s_shared;
    private static ulong s_lastToken;
    private readonly Epoll _epoll = Epoll.Create();
    private readonly Dictionary<ulong, EventFd> _waiters = [];

    private EventLoop()
    {
        new Thread(Run) { IsBackground = true, Name = "eventfd waiters" }.Start();
    }

    internal static EventLoop Shared
    {
        get
        {
            // No Lazy: it would repeat its first failure for ever.
            lock (s_gate) return s_shared ??= new EventLoop();
        }
    }

    internal static ulong NextToken() => Interlocked.Increment(ref s_lastToken);

    internal void Register(EventFd waiter)
    {
        lock (_waiters) _waiters.Add(waiter.Token, waiter);
        try
        {
            _epoll.Add(waiter.Fd, waiter.Token, EpollEvents.Readable | EpollEvents.OneShot);
        }
        catch
        {
            lock (_waiters) _waiters.Remove(waiter.Token);
            throw;
        }
    }

    internal void Arm(EventFd waiter) => _epoll.Change(waiter.Fd, waiter.Token, EpollEvents.Readable | EpollEvents.OneShot);

    internal void Unregister(EventFd waiter)
    {
        _epoll.Remove(waiter.Fd);
        lock (_waiters) _waiters.Remove(waiter.Token);
    }

    private void Run()
    {
        var events = new EpollEvent[Batch];
        while (true)
        {
            var count = _epoll.Wait(events, Timeout.InfiniteTimeSpan);
            foreach (var happened in events.AsSpan(0, count))
            {
                EventFd? waiter;
                lock (_waiters) _waiters.TryGetValue(happened.Token, out waiter);
                waiter?.OnReadable();
            }
        }
    }
}
