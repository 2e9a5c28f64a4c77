namespace Devices.HwTests.Lab;

/// <summary>What every test takes for granted of a guest.</summary>
public class GuestTests
{
    [SkippableTheory]
    [InlineData("/dev/iommu")]
    [InlineData("/dev/vfio/vfio")]
    [InlineData("/dev/liveupdate")]
    [InlineData("/sys/kernel/debug/kho/out")]
    [InlineData("/sys/kernel/tracing/kprobe_events")]
    [InlineData("/sys/fs/cgroup/cgroup.procs")]
    public void The_guest_has(string path)
    {
        Skip.IfNot(Rig.IsGuest, "not a guest of the lab");
        Assert.True(Path.Exists(path), path);
    }

    [SkippableTheory]
    [InlineData("1234:11e8", "0000:00:05.0")]
    [InlineData("1b36:0010", "0000:01:00.0")]
    public void Devices_have_fixed_addresses(string ids, string address)
    {
        Skip.IfNot(Rig.IsGuest, "not a guest of the lab");
        Assert.Equal([address], Rig.ById(ids));
    }

    [SkippableTheory]
    [InlineData("/tmp")]
    [InlineData("/run")]
    [InlineData("/dev/shm")]
    [InlineData("/var/tmp")]
    public void The_guest_writes_to(string directory)
    {
        Skip.IfNot(Rig.IsGuest, "not a guest of the lab");
        var path = Path.Combine(directory, "devkeep-written");
        File.WriteAllText(path, "x");
        File.Delete(path);
    }

    [SkippableFact]
    public void The_host_s_root_is_read_only()
    {
        Skip.IfNot(Rig.IsGuest, "not a guest of the lab");
        Assert.Throws<IOException>(() => File.WriteAllText("/usr/devkeep-written", "x"));
    }
}
