using System.Diagnostics;
using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>Registers that the kernel writes when an eventfd is signalled.</summary>
public class IoEventFdTests
{
    [SkippableFact]
    public void A_signal_writes_the_register()
    {
        using var bound = BoundDevice.Edu();
        var bar = bound.Device.Bars[0];
        using var eventFd = EventFd.Create();
        var first = bar.WriteUInt32OnSignal(eventFd, Edu.Liveness, 0x1234_5678);
        eventFd.Signal();
        Assert.True(Becomes(bar, ~0x1234_5678u));
        bar.WriteUInt32(Edu.Liveness, 0);
        eventFd.Signal();
        Assert.True(Becomes(bar, ~0x1234_5678u));

        first.Dispose();
        first.Dispose();
        bar.WriteUInt32(Edu.Liveness, 0);
        eventFd.Signal();
        Thread.Sleep(100);
        Assert.Equal(~0u, bar.ReadUInt32(Edu.Liveness));
        // Nobody took that signal: it is seen when the next one is armed.
        using var second = bar.WriteUInt32OnSignal(eventFd, Edu.Liveness, 0x55);
        Assert.True(Becomes(bar, ~0x55u));
    }

    [SkippableFact]
    public void What_cannot_be_is_refused()
    {
        using var bound = BoundDevice.Nvme();
        var bar = bound.Device.Bars[0];
        using var eventFd = EventFd.Create();
        Assert.Throws<ArgumentOutOfRangeException>(() => bar.WriteUInt32OnSignal(eventFd, bar.Size, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => bar.WriteUInt32OnSignal(eventFd, 2, 0));
        using var once = bar.WriteUInt32OnSignal(eventFd, 0x0C, 1);
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => bar.WriteUInt32OnSignal(eventFd, 0x0C, 1)).Errno);
        using var otherValue = bar.WriteUInt32OnSignal(eventFd, 0x0C, 2);
        using var otherWidth = bar.WriteUInt64OnSignal(eventFd, 0x08, 1);

        var msix = (MsixCapability)PciCapabilities.Read(bound.Device.ConfigSpace).Single(capability => capability is MsixCapability);
        var table = bound.Device.Bars[msix.TableBar];
        var refused = Assert.Throws<LinuxException>(() => table.WriteUInt32OnSignal(eventFd, msix.TableOffset, 0));
        Assert.Equal((Errno.EINVAL, "VFIO_DEVICE_IOEVENTFD"), (refused.Errno, refused.Call));
        Assert.Contains("MSI-X", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Disposing_the_device_ends_it_and_leaving_does_not()
    {
        using var bound = BoundDevice.Edu();
        using var kept = bound.Device.Fd.Duplicate();
        using var eventFd = EventFd.Create();
        var left = bound.Device.Bars[0].WriteUInt32OnSignal(eventFd, Edu.Liveness, 0x11);
        bound.Device.Leave();
        left.Dispose();
        using (var cdev = VfioCdev.FromFd(kept))
        {
            var next = cdev.AdoptBound(bound.Context);
            eventFd.Signal();
            Assert.True(Becomes(next.Bars[0], ~0x11u));
            Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => next.Bars[0].WriteUInt32OnSignal(eventFd, Edu.Liveness, 0x11)).Errno);
            next.Bars[0].WriteUInt32OnSignal(eventFd, Edu.Liveness, 0x22);
            next.Dispose();
        }

        using var last = VfioCdev.FromFd(kept);
        using var device = last.AdoptBound(bound.Context);
        using var again = device.Bars[0].WriteUInt32OnSignal(eventFd, Edu.Liveness, 0x22);
    }

    /// <summary>Shared memory behind a BAR takes every width.</summary>
    [SkippableFact, Guest("card")]
    public void Every_width_is_written_as_such()
    {
        using var bound = BoundDevice.SharedMemory();
        var memory = bound.Device.Bars[2];
        using var eventFd = EventFd.Create();
        memory.WriteUInt64(0x100, ulong.MaxValue);
        memory.WriteUInt64(0x108, ulong.MaxValue);
        using var byte8 = memory.WriteUInt8OnSignal(eventFd, 0x101, 0x12);
        using var word = memory.WriteUInt16OnSignal(eventFd, 0x102, 0x3456);
        using var dword = memory.WriteUInt32OnSignal(eventFd, 0x104, 0x789A_BCDE);
        using var qword = memory.WriteUInt64OnSignal(eventFd, 0x108, 0x1122_3344_5566_7788);
        eventFd.Signal();
        Assert.True(Becomes(() => memory.ReadUInt64(0x100) == 0x789A_BCDE_3456_12FF && memory.ReadUInt64(0x108) == 0x1122_3344_5566_7788));
    }

    internal static bool Becomes(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(5)) return false;
            Thread.Sleep(1);
        }

        return true;
    }

    private static bool Becomes(Bar bar, uint expected) => Becomes(() => bar.ReadUInt32(Edu.Liveness) == expected);
}
