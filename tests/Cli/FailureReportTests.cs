using Devices.Cli;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Preservation;
using Microsoft.Extensions.Logging;

namespace Devices.Tests.Cli;

/// <summary>What the user reads, and the exit code, for each kind of failure.</summary>
public sealed class FailureReportTests
{
    public static TheoryData<Exception, int> Failures { get; } = new()
    {
        { new LinuxException(Errno.EBUSY, "open", "/dev/liveupdate", "Another process has it."), ExitCode.Failed },
        { new KeeperException(KeeperProblem.NameTaken, "The name is taken."), ExitCode.Failed },
        { new KernelImageException("/boot/vmlinuz", "it is cut short", "Copy it again."), ExitCode.Failed },
        { new UserException("Not so."), ExitCode.Failed },
        { new TimeoutException("It did not come to rest."), ExitCode.Failed },
        { new RecordException("checksum", "saved 1, found 2", "Preserve again"), ExitCode.NotAsSaved },
        { new VerificationException("0000:01:00.0", "vendor_id", "1b36", "8086", "Another device is there"), ExitCode.NotAsSaved },
    };

    [Theory, MemberData(nameof(Failures))]
    public void A_failure_that_is_foreseen_is_one_message_without_a_trace(Exception failure, int code)
    {
        Assert.Equal(code, Write(failure, verbose: false, out var text));
        Assert.Equal($"devkeep: {failure.Message}\n", text);
    }

    [Fact]
    public void A_refused_plan_lists_every_refusal_with_its_way_out()
    {
        var report = new PreflightReport(
            [
                new PreflightFinding("kexec handover", "system", FindingLevel.Passed, "KHO is on."),
                new PreflightFinding("driver", "0000:01:00.0", FindingLevel.Refused, "nvme has it.", "devkeep bind 0000:01:00.0"),
                new PreflightFinding("next kernel's image", "/boot/x", FindingLevel.Refused, "There is no such file."),
            ],
            []);
        Assert.Equal(ExitCode.Failed, Write(new PreflightException(report), verbose: false, out var text));
        Assert.Equal(
            """
            devkeep: the preflight refused; nothing was touched:
              0000:01:00.0: driver: nvme has it. devkeep bind 0000:01:00.0
              /boot/x: next kernel's image: There is no such file.

            """.ReplaceLineEndings("\n"),
            text);
    }

    [Fact]
    public void A_fault_of_the_program_is_told_from_a_users_mistake_and_carries_its_trace()
    {
        Assert.Equal(ExitCode.Fault, Write(new InvalidCastException("oops"), verbose: false, out var text));
        Assert.Contains("please report it", text, StringComparison.Ordinal);
        Assert.Contains(nameof(InvalidCastException), text, StringComparison.Ordinal);
    }

    private static int Write(Exception failure, bool verbose, out string text)
    {
        using var host = new DevkeepHost();
        using var run = new CommandRun(host.Host, json: false, verbose, LogLevel.Warning);
        var code = FailureReport.Write(failure, run);
        text = host.Error;
        Assert.Empty(host.Output);
        return code;
    }
}
