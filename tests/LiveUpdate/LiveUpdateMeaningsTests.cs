using Devices.Linux;
using Devices.LiveUpdate;
using Devices.LiveUpdate.Abi;

namespace Devices.Tests.LiveUpdate;

public sealed class LiveUpdateMeaningsTests
{
    [Theory]
    [InlineData("LIVEUPDATE_SESSION_PRESERVE_FD", Errno.EEXIST, "token")]
    [InlineData("LIVEUPDATE_SESSION_PRESERVE_FD", Errno.EBUSY, "preserved already")]
    [InlineData("LIVEUPDATE_SESSION_PRESERVE_FD", Errno.ENOENT, "cannot preserve that kind")]
    [InlineData("LIVEUPDATE_SESSION_RETRIEVE_FD", Errno.ENOENT, "no file under that token")]
    [InlineData("LIVEUPDATE_SESSION_RETRIEVE_FD", Errno.EIO, "does not try again")]
    [InlineData("LIVEUPDATE_SESSION_FINISH", Errno.EBUSY, "unchanged")]
    [InlineData("LIVEUPDATE_IOCTL_RETRIEVE_SESSION", Errno.ENOENT, "finished")]
    [InlineData("LIVEUPDATE_IOCTL_RETRIEVE_SESSION", Errno.EINVAL, "retrieved already")]
    [InlineData("LIVEUPDATE_IOCTL_CREATE_SESSION", Errno.EEXIST, "open already")]
    [InlineData("LIVEUPDATE_IOCTL_CREATE_SESSION", Errno.E2BIG, "older")]
    [InlineData("open", Errno.ENOENT, "liveupdate=on")]
    [InlineData("open", Errno.EIO, "never tries again")]
    public void The_same_errno_means_what_its_call_makes_of_it(string call, Errno errno, string meaning)
        => Assert.Contains(meaning, LiveUpdateMeanings.Of(call, errno), StringComparison.Ordinal);

    [Fact]
    public void Every_struct_is_known_to_the_table_of_meanings()
    {
        // A call whose name changed would silently lose its meanings.
        Assert.NotNull(LiveUpdateMeanings.Of(liveupdate_ioctl_create_session.Name, Errno.EEXIST));
        Assert.NotNull(LiveUpdateMeanings.Of(liveupdate_ioctl_retrieve_session.Name, Errno.ENOENT));
        Assert.NotNull(LiveUpdateMeanings.Of(liveupdate_session_preserve_fd.Name, Errno.EBUSY));
        Assert.NotNull(LiveUpdateMeanings.Of(liveupdate_session_retrieve_fd.Name, Errno.ENOENT));
        Assert.NotNull(LiveUpdateMeanings.Of(liveupdate_session_finish.Name, Errno.EBUSY));
    }

    [Theory]
    [InlineData(Errno.EINVAL, "No kernel is loaded")]
    [InlineData(Errno.EPERM, "CAP_SYS_BOOT")]
    [InlineData(Errno.EIO, "refused to be frozen")]
    public void A_jump_that_returns_says_why(Errno errno, string meaning)
        => Assert.Contains(meaning, Kexec.MeaningOf(errno), StringComparison.Ordinal);
}
