using System.Collections.Concurrent;
using Devices.LiveUpdate;
using Microsoft.Extensions.Logging;

namespace Devices.Tests.LiveUpdate;

/// <summary>A keeper that serves on a thread of the test.</summary>
internal sealed class KeeperRig : IDisposable, ILogger<KeeperServer>
{
    private readonly TemporaryFolder? _folder;
    private readonly CancellationTokenSource _end = new();
    private readonly Thread _thread;

    internal KeeperRig(TemporaryFolder? folder = null)
    {
        // One that is given may have another keeper after this one.
        _folder = folder is null ? new TemporaryFolder() : null;
        Server = KeeperServer.Listen((folder ?? _folder!).File("keeper/keeper.sock"), this);
        _thread = new Thread(() => Server.Run(_end.Token)) { IsBackground = true };
        _thread.Start();
    }

    internal KeeperServer Server { get; }

    internal ConcurrentQueue<string> Log { get; } = new();

    public void Dispose()
    {
        _end.Cancel();
        Assert.True(_thread.Join(TimeSpan.FromSeconds(10)), "The keeper did not end.");
        Server.Dispose();
        foreach (var kept in Server.Keeper.List())
            Server.Keeper.Remove(kept.Name);
        _end.Dispose();
        _folder?.Dispose();
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => Log.Enqueue(formatter(state, exception));

    internal KeeperClient Connect() => KeeperClient.Connect(Server.SocketPath);

    internal bool EndsWithin(TimeSpan time) => _thread.Join(time);

    internal void WaitForLog(string text)
        => Assert.True(SpinWait.SpinUntil(() => Log.Any(line => line.Contains(text, StringComparison.Ordinal)), TimeSpan.FromSeconds(10)), $"No line says '{text}'.");
}
