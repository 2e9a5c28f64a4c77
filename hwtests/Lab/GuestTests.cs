using System.Diagnostics;
using Devices.HwTests.Vfio;
using Devices.Pci;

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

    /// <summary>The emulator may lose a doorbell then (docs/lab.md): a file system that never answers hangs the guest without a word.</summary>
    [SkippableFact]
    public void The_host_s_files_answer_while_a_device_goes_to_sleep_and_wakes()
    {
        Skip.IfNot(Rig.IsGuest, "not a guest of the lab");
        var path = Path.Combine(Environment.GetEnvironmentVariable("DEVKEEP_RESULTS")!, "written-in-sleep");
        var start = Stopwatch.GetTimestamp();
        var writer = new Thread(Write) { IsBackground = true };
        writer.Start();

        using var space = PciFunction.Open(PciAddress.Parse(Rig.ByClass(BoundDevice.NvmeClass)[0])).OpenConfigSpace(writable: true);
        var control = PciCapabilities.Read(space).Find<PowerManagementCapability>()!.Offset + PciRegs.PCI_PM_CTRL;
        var (command, awake) = (space.ReadUInt16(PciRegs.PCI_COMMAND), space.ReadUInt16(control));
        // It is in the memory map only while it decodes memory.
        space.WriteUInt16(PciRegs.PCI_COMMAND, (ushort)(command | (int)PciCommand.MemorySpace));
        while (IsTime())
        {
            space.WriteUInt16(control, (ushort)(awake | (int)PciPowerState.D3Hot));
            space.WriteUInt16(control, awake);
        }

        space.WriteUInt16(PciRegs.PCI_COMMAND, command);
        Assert.True(writer.Join(TimeSpan.FromSeconds(30)));
        File.Delete(path);

        bool IsTime() => Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(3);

        void Write()
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (IsTime())
            {
                file.Position = 0;
                file.WriteByte(1);
            }
        }
    }
}
