using Devices.Linux;

namespace Devices.Tests.Linux;

/// <summary>Releases of Linux and what follows from them.</summary>
public sealed class KernelReleaseTests
{
    private static readonly KernelInterfaces s_interfaces = new(KernelInterface.Named("A_CALL", "6.13"));

    [Theory]
    [InlineData("6.12.48+deb13-amd64\n", 6, 12)]
    [InlineData("7.3.4", 7, 3)]
    [InlineData("6.13-rc1", 6, 13)]
    [InlineData("6.13", 6, 13)]
    [InlineData("5.14.0-503.11.1.el9_5.x86_64", 5, 14)]
    public void A_release_begins_with_two_numbers(string text, int major, int minor)
    {
        var release = KernelRelease.Parse(text);
        Assert.Equal(new Version(major, minor), release.Version);
        Assert.Equal(text.Trim(), release.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("6")]
    [InlineData("6.")]
    [InlineData(".6")]
    [InlineData("-6.1")]
    [InlineData("Linux 6.1")]
    public void What_does_not_is_refused(string text) => Assert.Throws<FormatException>(() => KernelRelease.Parse(text));

    [Fact]
    public void The_running_kernel_has_one() => Assert.Equal(Environment.OSVersion.Version.Major, KernelRelease.Running.Version.Major);

    [Fact]
    public void An_older_kernel_is_named_with_what_it_takes()
    {
        var failure = s_interfaces.Explain("A_CALL", Errno.ENOTTY, "A_CALL", "0000:01:00.0", KernelRelease.Parse("6.12.99-x"));
        Assert.NotNull(failure);
        Assert.Equal((Errno.ENOTTY, "A_CALL", new Version(6, 13)), (failure.Errno, failure.Call, failure.Needs));
        Assert.Contains("needs Linux 6.13; the running kernel is 6.12.99-x", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A_CALL", "6.13.0")]
    [InlineData("A_CALL", "6.13-rc1")]
    [InlineData("A_CALL", "6.100")]
    [InlineData("A_CALL", "7.0")]
    [InlineData("ANOTHER_CALL", "2.6.32")]
    public void On_another_kernel_the_cause_is_another(string name, string release)
        => Assert.Null(s_interfaces.Explain(name, Errno.ENOTTY, name, "it", KernelRelease.Parse(release)));
}
