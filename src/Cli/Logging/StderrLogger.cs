using Microsoft.Extensions.Logging;

namespace Devices.Cli;

/// <summary>Writes a line for each entry.</summary>
internal sealed class StderrLogger(TextWriter output, Lock gate, LogLevel least, string category) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var level = logLevel switch
        {
            LogLevel.Trace or LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            _ => "error",
        };
        var message = formatter(state, exception);
        lock (gate)
        {
            output.WriteLine($"{level}: {category}: {message}{(exception is null ? string.Empty : $": {exception.Message}")}");
            output.Flush();
        }
    }
}
