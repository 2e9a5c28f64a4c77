using System.Diagnostics;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;

namespace Devices.Cli;

/// <summary>The steps that a command takes with a session: each is told to whoever waits, and written down.</summary>
internal sealed class SessionSteps : IDisposable
{
    private readonly CommandRun _run;
    private readonly AuditLog? _log;
    private readonly string _command;
    private readonly SessionName _session;

    /// <summary>Opens the log.</summary>
    /// <param name="run">The command's run.</param>
    /// <param name="audit">The file that was asked for, or null.</param>
    /// <param name="command">The command's name.</param>
    /// <param name="session">The session.</param>
    internal SessionSteps(CommandRun run, string? audit, string command, SessionName session)
    {
        _run = run;
        _log = AuditLog.Open(audit, run.Host.AuditPath, run.Note);
        _command = command;
        _session = session;
    }

    /// <summary>The devices of the session, once they are known.</summary>
    internal IEnumerable<PciAddress> Devices { get; set; } = [];

    /// <summary>Takes a step.</summary>
    /// <param name="step">Its name in the log.</param>
    /// <param name="what">What is said of it, as in <c>Bringing the devices to rest</c>.</param>
    /// <param name="action">The step.</param>
    internal T During<T>(string step, string what, Func<T> action)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            var result = _run.Progress.During(what, action);
            Write(step, "done", watch.Elapsed, null);
            return result;
        }
        catch (Exception failure)
        {
            Write(step, "failed", watch.Elapsed, FailureReport.MessageOf(failure));
            throw;
        }
    }

    /// <summary>Takes a step that gives nothing back.</summary>
    internal void During(string step, string what, Action action) => During(
        step,
        what,
        () =>
        {
            action();
            return true;
        });

    /// <summary>Writes down what is about to be done, since nobody may come back to tell how it went.</summary>
    internal void Begin(string step, string detail) => Write(step, "begun", null, detail);

    public void Dispose() => _log?.Dispose();

    private void Write(string step, string result, TimeSpan? took, string? detail) => _log?.Append(new AuditLine(
        DateTimeOffset.UtcNow,
        BootId.Current.ToString(),
        KernelRelease.Running.Text,
        ProcessRights.UserId,
        ProcessRights.LoginUserId,
        Environment.ProcessId,
        _command,
        _session.Value,
        step,
        [.. Devices.Select(static address => address.ToString())],
        result,
        took is { } time ? Math.Round(time.TotalMilliseconds, 1) : null,
        detail));
}
