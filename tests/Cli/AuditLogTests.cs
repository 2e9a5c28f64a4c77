using System.Text.Json;
using Devices.Cli;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;

namespace Devices.Tests.Cli;

/// <summary>A line for each step, on the disk before the next.</summary>
public sealed class AuditLogTests : IDisposable
{
    private readonly DevkeepHost _host = DevkeepHost.WithTwoDevices();
    private readonly string _folder = Directory.CreateTempSubdirectory("devkeep-audit-").FullName;
    private readonly CommandRun _run;

    public AuditLogTests() => _run = new CommandRun(_host.Host, json: false, verbose: false, Microsoft.Extensions.Logging.LogLevel.Warning);

    private string Log => Path.Combine(_folder, "audit.jsonl");

    public void Dispose()
    {
        _run.Dispose();
        _host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Each_step_is_a_line_with_who_what_and_how_it_went()
    {
        using (var steps = Steps(Log))
        {
            steps.During("retrieve", "Retrieving", static () => 1);
            steps.Devices = [PciAddress.Parse(DevkeepHost.Nvme)];
            Assert.Throws<TimeoutException>(() => steps.During("freeze", "Freezing", static () => throw new TimeoutException("It does not come to rest.")));
        }

        using (var steps = Steps(Log))
            steps.Begin("jump", "record of 7 bytes");

        var lines = File.ReadAllLines(Log).Select(static line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["retrieve done", "freeze failed", "jump begun"], lines.Select(static line => $"{line.GetProperty("step")} {line.GetProperty("result")}"));
        Assert.Empty(lines[0].GetProperty("devices").EnumerateArray());
        Assert.Equal(DevkeepHost.Nvme, Assert.Single(lines[1].GetProperty("devices").EnumerateArray()).GetString());
        Assert.Equal("It does not come to rest.", lines[1].GetProperty("detail").GetString());
        Assert.Equal(JsonValueKind.Null, lines[2].GetProperty("ms").ValueKind);
        Assert.All(lines, static line => Assert.Equal(
            ("restore", "lab", ProcessRights.UserId, Environment.ProcessId),
            (line.GetProperty("command").GetString(), line.GetProperty("session").GetString(), line.GetProperty("uid").GetUInt32(), line.GetProperty("pid").GetInt32())));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Log));
    }

    [Fact]
    public void A_file_that_was_asked_for_must_be_there_to_write_to() =>
        Assert.Contains("--audit", Assert.Throws<LinuxException>(() => Steps(Path.Combine(_folder, "none", "audit.jsonl"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Where_nobody_asked_a_failure_is_told_and_stops_nothing()
    {
        File.WriteAllText(Log, "");
        var complaints = new List<string>();
        Assert.Null(AuditLog.Open(null, Path.Combine(Log, "below-a-file", "audit.jsonl"), complaints.Add));
        Assert.Contains("no audit log", Assert.Single(complaints), StringComparison.Ordinal);
        Assert.Null(AuditLog.Open(null, null, complaints.Add));

        using var usual = AuditLog.Open(null, Path.Combine(_folder, "log", "audit.jsonl"), complaints.Add);
        Assert.NotNull(usual);
        Assert.Single(complaints);
    }

    [Fact]
    public void A_full_disk_is_told_once_and_stops_nothing()
    {
        using (var steps = Steps("/dev/full"))
        {
            steps.During("verify", "Verifying", static () => { });
            steps.During("restore", "Restoring", static () => { });
        }

        Assert.Single(_host.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("the audit log ends here", _host.Error, StringComparison.Ordinal);
    }

    private SessionSteps Steps(string log) => new(_run, log, "restore", new SessionName("lab"));
}
