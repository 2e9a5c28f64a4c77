using Devices.Linux;

namespace Devices.HwTests.Faults;

/// <summary>An eventfd that is waited for, with each of its allocations in the kernel failing in turn.</summary>
public class EventFdFaultTests
{
    [SkippableFact]
    public void A_waiter_gets_its_signal()
        => FaultSweep.Run(
            static undo =>
            {
                var eventFd = undo.Keep(EventFd.Create());
                var waiting = eventFd.WaitAsync().AsTask();
                eventFd.Signal(3);
                Assert.Equal(3UL, waiting.GetAwaiter().GetResult());
            },
            ["eventfd", "epoll_ctl"]);

    [SkippableFact]
    public async Task An_eventfd_that_could_not_be_waited_for_can_be_later()
    {
        using (var first = EventFd.Create()) _ = Wait(first);
        using var faults = new FaultInjection();
        using var eventFd = EventFd.Create();
        faults.Arm(1);
        var refused = Record.Exception(() => { _ = Wait(eventFd); });
        Assert.True(faults.Disarm());
        Assert.Equal("epoll_ctl", Assert.IsType<LinuxException>(refused).Call);
        var waiting = Wait(eventFd);
        eventFd.Signal(5);
        Assert.Equal(5UL, await waiting);
    }

    private static Task<ulong> Wait(EventFd eventFd) => eventFd.WaitAsync().AsTask();
}
