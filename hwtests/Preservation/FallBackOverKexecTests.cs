using Devices.Drivers;
using Devices.HwTests.Drivers;
using Devices.HwTests.Lab;
using Devices.HwTests.LiveUpdate;
using Devices.Iommufd;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using LabKernel = Devices.HwTests.Lab.NextKernel;

namespace Devices.HwTests.Preservation;

/// <summary>A device that does not come back as it was kept: the restore stops there, or the device is reset, keeps its memory, and the other one is not touched.</summary>
public sealed class FallBackOverKexecTests
{
    private const string Scenario = "fallback";
    private const string KeeperSocket = "/run/devkeep-test-fallback/keeper.sock";
    private const string RamName = "ram";
    private const int RamBytes = 1 << 20;
    private static readonly Iova s_ramAt = new(0x1_0000_0000);

    [Fact, BeforeKexec(Scenario)]
    public void Preserve_freeze_and_jump()
    {
        var keeper = KeeperProcess.Start(KeeperSocket).Connect();
        var nvme = new KeptNvme();
        KeptNvme.Write(nvme.Controller, round: 0);
        var ram = MemFd.Create(RamName, RamBytes);
        ram.Fd.WriteExactlyAt(Pattern(), 0);
        nvme.Ioas.MapFile(ram, 0, RamBytes, s_ramAt, DmaAccess.ReadWrite);
        var eduRig = AttachedDevice.Edu();
        var edu = EduDevice.Start(eduRig.Attachment);

        var request = nvme.Request(keeper);
        var frozen = PreservationPlan.Create(request with
        {
            Devices = [new KeptDevice(eduRig.Attachment, edu), .. request.Devices],
            Memory = [.. request.Memory, new KeptMemory(RamName, ram)],
        }).Preserve().Freeze();
        LabKernel.Announce();
        frozen.Jump();
    }

    [Fact, AfterKexec(Scenario)]
    public void A_device_that_does_not_come_back_falls_back_to_cold_if_told_to()
    {
        using var process = KeeperProcess.Start(KeeperSocket);
        using var keeper = process.Connect();

        // Unless told otherwise the restore stops, and can be tried again.
        Assert.Contains("does not work", Assert.Throws<IOException>(() => Verified(keeper).Restore()).Message, StringComparison.Ordinal);
        Assert.Contains("does not work", Assert.Throws<IOException>(() => Verified(keeper).Restore()).Message, StringComparison.Ordinal);

        var restored = Verified(keeper).Restore(onFailure: RestoreFailurePolicy.Cold);
        var (edu, nvme) = (restored.Devices[0], restored.Devices[1]);
        Assert.Equal((PreservationTier.Warm, null), (edu.Tier, edu.FallBackReason));
        Assert.Equal((PreservationTier.Cold, "It does not work."), (nvme.Tier, nvme.FallBackReason));
        Assert.Empty(nvme.ConfigDifferences);

        // It was reset: a controller that works has CC.EN set. The other one was not.
        Assert.Equal(0u, nvme.Attachment.Device.Bars[0].ReadUInt32(0x14) & 1);
        NvmeController? controller = null;
        EduDevice? working = null;
        var resumed = restored.Resume(device => device.DriverName == "nvme"
            ? controller = KeptNvme.StartAnew(device)
            : working = EduDevice.Continue(device.Attachment, device.DriverState.Span));
        Assert.True(working!.CheckNotReset().IsUnchanged);

        // Its memory is where it was, and so is what is on its disk.
        using (var ram = MemFd.Adopt(keeper.Get(new KeeperNames(KeptNvme.Session).Memory(RamName))!))
        {
            var content = new byte[RamBytes];
            ram.Fd.ReadExactlyAt(content, 0);
            Assert.True(content.AsSpan().SequenceEqual(Pattern()), "memory was lost");
        }

        Assert.Equal(s_ramAt, nvme.MappingsOf(RamName)[0].Iova);
        KeptNvme.Check(controller!, round: 0);
        KeptNvme.Write(controller!, round: 1);
        KeptNvme.Check(controller!, round: 1);
        resumed.Finish();
    }

    /// <summary>A session whose controller fails half way through its restore, whenever it is tried as it was kept.</summary>
    private static VerifiedSession Verified(KeeperClient keeper)
    {
        var verified = ArrivedSession.Open(keeper, KeptNvme.Session).Verify();
        var nvme = PciAddress.Parse(Rig.ByClass("010802")[0]);
        var failed = false;
        verified.Progress = (step, device) =>
        {
            // The second time is the fall-back.
            if (step != "interrupts" || device != nvme || failed) return;
            failed = true;
            throw new IOException("It does not work.");
        };
        return verified;
    }

    private static byte[] Pattern()
    {
        var pattern = new byte[RamBytes];
        new Random(5).NextBytes(pattern);
        return pattern;
    }
}
