using Devices.Linux;

namespace Devices.Tests.Linux;

public sealed class InteropTests
{
    [Fact]
    public void Request_numbers_are_composed_as_in_asm_generic_ioctl_h()
    {
        Assert.Equal(0x3b64U, Ioctl.IO((byte)';', 100));
        Assert.Equal(0x8010_3b64U, Ioctl.IOR<UInt128>((byte)';', 100));
        Assert.Equal(0x4010_3b64U, Ioctl.IOW<UInt128>((byte)';', 100));
        Assert.Equal(0xc010_3b64U, Ioctl.IOWR<UInt128>((byte)';', 100));
    }

    [Fact]
    public void A_failure_names_call_subject_cause_and_remedy()
    {
        var failure = new LinuxException(Errno.EBUSY, "VFIO_DEVICE_BIND_IOMMUFD", "0000:01:00.0", "Another process has it.");
        Assert.Equal("VFIO_DEVICE_BIND_IOMMUFD on 0000:01:00.0: Device or resource busy (EBUSY). Another process has it.", failure.Message);
        Assert.Contains("error 4095", new LinuxException((Errno)4095, "open", "x").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_error_number_is_the_systems_own()
    {
        foreach (var errno in Enum.GetValues<Errno>().Where(errno => errno != Errno.None))
        {
            var theirs = Enum.Parse<Mono.Unix.Native.Errno>(errno.ToString());
            Assert.Equal(Mono.Unix.Native.NativeConvert.FromErrno(theirs), (int)errno);
        }
    }

    [Fact]
    public void A_duplicate_lives_on_when_the_first_is_closed()
    {
        var first = FileDescriptor.Open("/proc/self/cmdline", OpenMode.ReadOnly);
        using var second = first.Duplicate();
        first.Dispose();
        Assert.True(second.Read(new byte[1]) == 1);
        Assert.Throws<ObjectDisposedException>(() => first.Read(new byte[1]));
    }

    [Fact]
    public void A_lease_outlasts_disposal()
    {
        var file = FileDescriptor.Open("/dev/null", OpenMode.ReadOnly);
        using (var lease = file.Lease())
        {
            file.Dispose();
            Assert.True(Directory.Exists("/proc/self/fd") && File.Exists($"/proc/self/fd/{lease.Number}"));
        }

        Assert.Throws<ObjectDisposedException>(() => file.Lease().Dispose());
    }

    [Fact]
    public void Reading_past_the_end_is_told_apart_from_failure()
    {
        using var file = FileDescriptor.Open("/dev/null", OpenMode.ReadOnly);
        Assert.Equal(0, file.ReadAt(new byte[4], 0));
        Assert.Throws<EndOfStreamException>(() => file.ReadExactlyAt(new byte[4], 0));
    }

    [Fact]
    public void The_counter_runs_as_fast_as_the_clock()
    {
        var start = TimeStampCounter.Now;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Thread.Sleep(20);
        var elapsed = TimeStampCounter.Between(start, TimeStampCounter.Now);
        Assert.InRange(elapsed.TotalMilliseconds, 15, clock.Elapsed.TotalMilliseconds * 2);
        Assert.True(TimeStampCounter.Between(TimeStampCounter.Now, start) < TimeSpan.Zero);
    }

    [Fact]
    public void Holders_of_a_file_are_found()
    {
        using var pipe = EventFd.Create();
        var mine = FileHolder.Find(pipe.Fd.LinkTarget);
        Assert.Contains(mine, holder => holder.ProcessId == Environment.ProcessId);
    }
}
