using Microsoft.Extensions.Logging;

namespace Devices.Cli;

/// <summary>One run of a command: its output, its progress, its log, and whether it was interrupted.</summary>
internal sealed class CommandRun : IDisposable
{
    private readonly StderrLoggerFactory _loggers;

    internal CommandRun(CliHost host, bool json, bool verbose, LogLevel quietLevel)
    {
        Host = host;
        Verbose = verbose;
        Output = new ResultWriter(host, json);
        Progress = new Progress(host);
        Interruption = new Interruption();
        _loggers = new StderrLoggerFactory(host.Error, verbose ? LogLevel.Debug : quietLevel);
    }

    internal CliHost Host { get; }

    internal bool Verbose { get; }

    internal ResultWriter Output { get; }

    internal Progress Progress { get; }

    internal Interruption Interruption { get; }

    internal ILoggerFactory Loggers => _loggers;

    /// <summary>Says something that the user should know beside the result.</summary>
    internal void Note(string text) => Host.Error.WriteLine($"{DevkeepRoot.ProgramName}: {text}");

    public void Dispose()
    {
        Interruption.Dispose();
        _loggers.Dispose();
    }
}
