using Devices.Linux;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>Low power as the platform manages it, on an NVMe controller: what sysfs tells of it is the kernel's own account.</summary>
public sealed class LowPowerTests : IDisposable
{
    private readonly BoundDevice _bound = BoundDevice.Nvme();

    private VfioDevice Device => _bound.Device;

    // Reading it wakes nothing up.
    private bool Sleeps => File.ReadAllText($"{_bound.Function.SysfsPath}/power/runtime_status").Trim() == "suspended";

    public void Dispose() => _bound.Dispose();

    [SkippableFact]
    public void The_device_sleeps_between_accesses_until_low_power_is_left()
    {
        Assert.False(Sleeps);
        Device.Power.EnterLowPower();
        Assert.True(Device.Power.MayBeLow);
        Assert.True(IoEventFdTests.Becomes(() => Sleeps));
        var version = Device.Bars[0].ReadUInt32(8);
        Assert.NotEqual(uint.MaxValue, version);
        Assert.True(IoEventFdTests.Becomes(() => Sleeps));
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(Device.Power.EnterLowPower).Errno);
        Device.Power.ExitLowPower();
        Assert.False(Device.Power.MayBeLow);
        Thread.Sleep(100);
        Assert.False(Sleeps);
        Device.Power.ExitLowPower();
        Assert.Equal(version, Device.Bars[0].ReadUInt32(8));
    }

    [SkippableFact]
    public void A_wake_up_is_signalled_once_and_keeps_the_device_awake()
    {
        using var wakeUp = EventFd.Create();
        Device.Power.EnterLowPower(wakeUp);
        Assert.True(IoEventFdTests.Becomes(() => Sleeps));
        Assert.False(wakeUp.TryRead(out _));
        _ = Device.Bars[0].ReadUInt32(8);
        Assert.True(wakeUp.TryRead(out var count));
        Assert.Equal(1UL, count);
        Thread.Sleep(100);
        Assert.False(Sleeps);

        // Not left, but over: it can be entered again.
        Device.Power.EnterLowPower(wakeUp);
        Assert.True(IoEventFdTests.Becomes(() => Sleeps));
        Device.Power.ExitLowPower();
        Assert.True(wakeUp.TryRead(out _));
        Assert.False(Sleeps);
    }

    [SkippableFact]
    public void Neither_goes_with_the_other_low_power_and_a_mapped_bar()
    {
        using (Device.Bars[0].Map())
        {
            Assert.Throws<InvalidOperationException>(Device.Power.EnterLowPower);
            using var wakeUp = EventFd.Create();
            Assert.Throws<InvalidOperationException>(() => Device.Power.EnterLowPower(wakeUp));
        }

        Device.Power.EnterLowPower();
        Assert.Contains("low power", Assert.Throws<InvalidOperationException>(() => Device.Bars[0].Map()).Message, StringComparison.Ordinal);
        Device.Power.ExitLowPower();
        using var registers = Device.Bars[0].Map();
        Assert.NotEqual(uint.MaxValue, registers.ReadUInt32(8));
    }
}
