using Devices.LiveUpdate;

namespace Devices.Tests.LiveUpdate;

/// <summary>How far the kernel says that it is locked down.</summary>
public sealed class LockdownTests
{
    [Theory]
    [InlineData("[none] integrity confidentiality\n", LockdownLevel.None)]
    [InlineData("none [integrity] confidentiality\n", LockdownLevel.Integrity)]
    [InlineData("none integrity [confidentiality]\n", LockdownLevel.Confidentiality)]
    public void The_level_in_brackets_is_in_force(string text, LockdownLevel expected) => Assert.Equal(expected, Lockdown.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("none integrity confidentiality")]
    [InlineData("none [total]")]
    public void A_level_that_is_not_known_is_not_taken_for_none(string text) => Assert.Throws<FormatException>(() => Lockdown.Parse(text));

    [Fact]
    public void No_file_is_no_lockdown_unless_securityfs_is_not_mounted()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(LockdownLevel.None, Lockdown.Read(Path.Combine(folder.Root, "none")));
        Assert.Null(Lockdown.Read(folder.Root));
        File.WriteAllText(Path.Combine(folder.Root, "lsm"), "capability");
        Assert.Equal(LockdownLevel.None, Lockdown.Read(folder.Root));
        File.WriteAllText(Path.Combine(folder.Root, "lockdown"), "none [integrity] confidentiality\n");
        Assert.Equal(LockdownLevel.Integrity, Lockdown.Read(folder.Root));
    }
}
