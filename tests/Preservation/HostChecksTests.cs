using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.Tests.Preservation;

/// <summary>What the preflight says of lockdown and of a crash kernel.</summary>
public sealed class HostChecksTests
{
    [Fact]
    public void Without_lockdown_an_unsigned_image_is_nothing_to_speak_of()
        => Assert.Equal(FindingLevel.Passed, Assert.Single(HostChecks.CheckLockdown(LockdownLevel.None, signed: false)).Level);

    [Fact]
    public void Under_lockdown_an_unsigned_image_is_told()
    {
        Assert.Single(HostChecks.CheckLockdown(LockdownLevel.Integrity, signed: true));
        var findings = HostChecks.CheckLockdown(LockdownLevel.Confidentiality, signed: false).ToList();
        Assert.All(findings, static finding => Assert.Equal(FindingLevel.Note, finding.Level));
        Assert.Contains("Confidentiality", findings[0].Reason, StringComparison.Ordinal);
        Assert.Contains("no signature", findings[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lockdown_that_cannot_be_read_is_not_taken_for_none()
        => Assert.Contains("securityfs", Assert.Single(HostChecks.CheckLockdown(null, signed: true)).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData(false, "kho=on", null)]
    [InlineData(true, "kho=on crashkernel=256M", "until it is loaded again")]
    [InlineData(true, "kho=on", "lacks crashkernel=")]
    public void A_crash_kernel_that_will_be_gone_is_told(bool loaded, string next, string? reason)
    {
        var findings = HostChecks.CheckCrashKernel(loaded, KernelCommandLine.Parse(next)).ToList();
        if (reason is null)
            Assert.Empty(findings);
        else
            Assert.Contains(reason, Assert.Single(findings).Reason, StringComparison.Ordinal);
    }
}
