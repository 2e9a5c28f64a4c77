using Devices.Drivers;
using Devices.HwTests.Lab;
using Devices.HwTests.LiveUpdate;
using Devices.Iommufd;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using LabKernel = Devices.HwTests.Lab.NextKernel;

namespace Devices.HwTests.Drivers;

/// <summary>An 82576 at work, kept over a kexec without a reset: its rings stand off zero and go on from there.</summary>
[Guest("sriov")]
public sealed class IgbOverKexecTests
{
    private const string Scenario = "igb";
    private const string KeeperSocket = "/run/devkeep-test-igb/keeper.sock";
    private const string RingsName = "rings";
    private const string DataName = "data";
    private const int DataBytes = 1 << 20;
    private const int Half = DataBytes / 2;
    private const int Copies = 11;
    private static readonly IgbOptions Options = new() { FramesInFlight = 8 };
    private static readonly SessionName Session = new("igb");

    [Fact, BeforeKexec(Scenario)]
    public void Copy_preserve_and_jump()
    {
        var keeper = KeeperProcess.Start(KeeperSocket).Connect();
        var rig = AttachedDevice.Igb();
        var rings = rig.Allocate(Options.RequiredMemory, 0x0200_0000);
        var data = DmaMemory.Allocate(rig.Ioas, DataName, DataBytes, new Iova(0x0400_0000));
        var igb = IgbDevice.Start(rig.Attachment, rings, Options, rig.Arm(rig.Device.Interrupts.Msix, 1));
        new Random(7).NextBytes(data.Bytes(0, Half));
        for (var i = 0; i < Copies; i++) igb.Copy(data, 0, data, Half, Half - 1);

        var frozen = PreservationPlan.Create(new PreservationRequest
        {
            Session = Session,
            Keeper = keeper,
            NextKernel = new(LabKernel.ImagePath) { Parameters = [new KernelParameter("devkeep.phase", "after")] },
            Devices = [new KeptDevice(rig.Attachment, igb)],
            Memory = [new KeptMemory(RingsName, rings.File), new KeptMemory(DataName, data.File)],
            Require = PreservationTier.Warm,
        }).Preserve().Freeze();
        LabKernel.Announce();
        frozen.Jump();
    }

    [Fact, AfterKexec(Scenario)]
    public void It_goes_on_where_its_rings_stood()
    {
        using var process = KeeperProcess.Start(KeeperSocket);
        using var keeper = process.Connect();
        IgbDevice? igb = null;
        var restored = ArrivedSession.Open(keeper, Session).Verify().Restore();
        var device = Assert.Single(restored.Devices);
        Assert.Empty(device.ConfigDifferences);
        var resumed = restored.Resume(arrived => igb = IgbDevice.Continue(
            arrived.Attachment, DmaMemory.Adopt(arrived.MappingsOf(RingsName)[0]), arrived.DriverState.Span, arrived.Attachment.Device.Interrupts.Msix));
        var evidence = igb!.CheckNotReset();
        Assert.True(evidence.IsUnchanged, evidence.ToString());
        Assert.Contains(evidence.Compared, static compared => compared is { Register: "TDT", Saved: > 0 });
        Assert.Contains(evidence.Compared, static compared => compared is { Register: "RDT", Saved: > 0 });

        var before = igb.Statistics;
        Assert.Equal((ulong)Copies, before.Copies);
        Assert.True(before.Interrupts >= Copies);
        var data = DmaMemory.Adopt(device.MappingsOf(DataName)[0]);
        var pattern = new byte[Half];
        new Random(7).NextBytes(pattern);
        Assert.True(data.Bytes(0, Half).SequenceEqual(pattern), "memory was lost");
        Assert.True(data.Bytes(Half, Half - 1).SequenceEqual(pattern.AsSpan(0, Half - 1)), "what the device had copied was lost");
        new Random(8).NextBytes(data.Bytes(0, Half));
        for (var i = 0; i < Copies; i++) igb.Copy(data, 1, data, Half, Half - 1);
        Assert.Equal(2 * before.Frames, igb.Statistics.Frames);
        // More than the one that the restore triggers.
        Assert.True(igb.Statistics.Interrupts > before.Interrupts + 1);
        igb.Dispose();
        resumed.Finish();
        Assert.False(PciFunction.Open(device.Address).ResetMethods.IsCleared);
    }
}
