using Microsoft.Extensions.Logging;

namespace Devices.Cli;

/// <summary>Loggers that write a line to the standard error: level, category's last part, message. A journal adds the time itself.</summary>
internal sealed class StderrLoggerFactory(TextWriter output, LogLevel least) : ILoggerFactory
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) =>
        new StderrLogger(output, _gate, least, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("devkeep logs to the standard error alone");

    public void Dispose()
    {
        // Nothing is held: the stream is the process'.
    }
}
