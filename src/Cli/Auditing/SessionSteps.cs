using System.Diagnostics;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;

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

    /// <summary>The members of the set that goes over, once they are planned.</summary>
    internal IReadOnlyList<(ISetMember Member, MemberPlan Plan)> Members { get; set; } = [];

    /// <summary>Writes down what another process did for the set; the command's own steps are told as it takes them.</summary>
    internal void Tell(MemberStep taken)
    {
        if (taken.Member is OwnSession || (taken.Failure is null && taken.Step is "plan" or "confirm")) return;
        var plan = Members.FirstOrDefault(each => ReferenceEquals(each.Member, taken.Member)).Plan;
        var detail = taken.Failure is null ? $"{taken.Member}" : FailureReport.MessageOf(taken.Failure);
        Write(plan?.Session.Value ?? "", [.. (plan?.Devices ?? []).Select(static device => device.Address.ToString())], taken.Step, taken.Failure is null ? "done" : "failed", taken.Took, detail);
    }

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

    private void Write(string step, string result, TimeSpan? took, string? detail)
        => Write(_session.Value, [.. Devices.Select(static address => address.ToString())], step, result, took, detail);

    private void Write(string session, IReadOnlyList<string> devices, string step, string result, TimeSpan? took, string? detail) => _log?.Append(new AuditLine(
        DateTimeOffset.UtcNow,
        BootId.Current.ToString(),
        KernelRelease.Running.Text,
        ProcessRights.UserId,
        ProcessRights.LoginUserId,
        Environment.ProcessId,
        _command,
        session,
        step,
        devices,
        result,
        Milliseconds.Of(took),
        detail));
}
