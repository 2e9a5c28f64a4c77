using Devices.HwTests.Lab;
using Devices.Linux;

namespace Devices.HwTests.Linux;

/// <summary>A hardware watchdog that is started, kept alive and stopped.</summary>
[Guest("twins")]
public sealed class WatchdogTests
{
    private const string Path = "/dev/watchdog0";

    [SkippableFact]
    public void It_takes_a_timeout_and_can_be_stopped()
    {
        Skip.IfNot(Rig.IsGuest, "it would reset the machine if it failed");
        using (var watchdog = Watchdog.Start(Path))
        {
            Assert.Equal("i6300ESB timer", watchdog.Identity);
            Assert.False(watchdog.IsAlarmOnly);
            Assert.Equal(61, watchdog.SetTimeout(TimeSpan.FromSeconds(60.2)).TotalSeconds);
            Assert.Equal(61, watchdog.Timeout.TotalSeconds);
            watchdog.KeepAlive();
            Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => watchdog.SetTimeout(TimeSpan.FromDays(1))).Errno);
            Assert.Equal(Errno.EBUSY, Assert.Throws<LinuxException>(() => Watchdog.Start(Path)).Errno);
            Assert.True(watchdog.TryStop());
        }

        // Whether it would outlive this kernel is for its driver to say, and nobody can ask that.
        Assert.False(Watchdog.OutlivesKernel);
    }
}
