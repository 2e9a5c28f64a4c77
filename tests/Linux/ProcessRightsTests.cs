using Devices.Linux;

namespace Devices.Tests.Linux;

/// <summary>Users, limits and programs, as far as a process that goes on can try them; the rest is in <c>RunProcessTests</c>.</summary>
public sealed class ProcessRightsTests
{
    [Theory]
    [InlineData("root")]
    [InlineData("0")]
    public void A_user_is_found_by_name_and_by_number(string user) => Assert.Equal(new UserAccount("root", 0, 0), UserAccount.Find(user));

    [Theory]
    [InlineData("no such user")]
    [InlineData("4294967294")]
    [InlineData("-1")]
    public void A_user_that_is_not_there_is_not_found(string user) => Assert.Null(UserAccount.Find(user));

    [Fact]
    public void A_limit_that_is_high_enough_stays()
    {
        var before = LockedMemory.Read().Limit;
        Assert.Equal(Errno.None, ProcessMemory.TryRaiseLockLimit(1, out var former));
        Assert.Equal(before, former);
        Assert.Equal(before, LockedMemory.Read().Limit);
    }

    [Fact]
    public void A_program_that_cannot_be_executed_leaves_everything_as_it_was()
    {
        using var file = EventFd.Create();
        var failure = Assert.Throws<LinuxException>(() => ProcessImage.Replace("/dev/null", ["null"], [file.Fd]));
        Assert.Equal((Errno.EACCES, "execve"), (failure.Errno, failure.Call));
        Assert.True(IsClosedOnExec(file.Fd));
    }

    // O_CLOEXEC, in the octal flags of /proc/self/fdinfo.
    private static bool IsClosedOnExec(FileDescriptor fd)
    {
        using var lease = fd.Lease();
        var flags = KernelFile.ReadText($"/proc/self/fdinfo/{lease.Number}").Split('\n').First(static line => line.StartsWith("flags:", StringComparison.Ordinal));
        return (Convert.ToInt64(flags["flags:".Length..].Trim(), 8) & 0x80000) != 0;
    }
}
