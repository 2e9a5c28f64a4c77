using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Devices.Tests.Linux;

/// <summary>Keeps what a service logs as its own fault.</summary>
internal sealed class FaultLog<T> : ILogger<T>
{
    /// <summary>What was logged as an error, or worse.</summary>
    internal ConcurrentQueue<string> Faults { get; } = new();

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error) Faults.Enqueue($"{formatter(state, exception)}: {exception}");
    }
}
