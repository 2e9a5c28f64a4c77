using System.Buffers;
using Devices.Drivers;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;

namespace Devices.HwTests.Drivers;

/// <summary>The driver of the 82576 when the device is reset, reports an error, loses its memory or changes hands; by an iommufd.</summary>
[Guest("sriov")]
public sealed class IgbFailureTests : IDisposable
{
    private const int DataBytes = 1 << 16;
    private const ushort BusMaster = 4;
    private static readonly IgbOptions Options = new() { FramesInFlight = 4, Timeout = TimeSpan.FromMilliseconds(300) };
    private static readonly Iova DataAt = new(0x2000_0000);
    private static readonly Iova GhostAt = new(0x3000_0000);

    private readonly AttachedDevice _rig = AttachedDevice.Igb();
    private DmaMemory? _data;
    private IgbDevice? _igb;

    public void Dispose()
    {
        _igb?.Dispose();
        _data?.Leave();
        _rig.Dispose();
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_holder_continues_on_the_same_rings(bool interrupts)
    {
        var igb = Start(interrupts);
        var data = _data!;
        new Random(3).NextBytes(data.Bytes(0, DataBytes / 2));
        for (var i = 0; i < 25; i++) igb.Copy(data, 0, data, DataBytes / 2, 12_000);
        Assert.Throws<InvalidOperationException>(() => igb.Save(new ArrayBufferWriter<byte>()));
        igb.Quiesce();
        Assert.Throws<InvalidOperationException>(() => igb.Copy(data, 0, data, 32768, 1));
        var state = new ArrayBufferWriter<byte>();
        igb.Save(state);
        var statistics = igb.Statistics;
        Assert.Equal(50UL, statistics.Frames);
        igb.Dispose();
        data.Leave();

        _rig.ChangeHands();
        var vectors = interrupts ? _rig.Arm(_rig.Device.Interrupts.Msix, 1) : null;
        var evidence = IgbDevice.ReadResetEvidence(_rig.Device, state.WrittenSpan);
        Assert.True(evidence.IsUnchanged, evidence.ToString());
        var next = _igb = IgbDevice.Continue(_rig.Attachment, _rig.Memory!, state.WrittenSpan, vectors);
        Assert.True(next.IsQuiesced);
        Assert.Equal(statistics, next.Statistics);
        Assert.True(next.CheckNotReset().IsUnchanged);
        next.Resume();
        vectors?.TriggerAll();
        using var fresh = DmaMemory.Allocate(_rig.Ioas, "fresh", DataBytes, GhostAt);
        new Random(4).NextBytes(fresh.Bytes(0, DataBytes / 2));
        for (var i = 0; i < 25; i++) next.Copy(fresh, (ulong)i, fresh, DataBytes / 2, 12_000);
        Assert.Equal(100UL, next.Statistics.Frames);
        if (interrupts) Assert.True(next.Statistics.Interrupts > statistics.Interrupts + 25);

        // The state is that of the one who saved it: it does not know of the frames since.
        next.Quiesce();
        next.Dispose();
        var stale = Assert.Throws<DeviceMismatchException>(() => IgbDevice.Continue(_rig.Attachment, _rig.Memory!, state.WrittenSpan, vectors));
        Assert.Equal("frames given to the device", stale.Field);
    }

    [SkippableFact]
    public void A_device_that_was_reset_is_not_continued()
    {
        var igb = Start(interrupts: false);
        igb.Copy(_data!, 0, _data!, 32768, 5000);
        igb.Quiesce();
        var state = new ArrayBufferWriter<byte>();
        igb.Save(state);
        Assert.False(IgbDevice.ReadResetEvidence(_rig.Device, state.WrittenSpan).WasReset);
        igb.Dispose();
        Skip.IfNot(_rig.Device.SupportsReset, "the device has no reset method");
        _rig.Device.Reset();
        var evidence = IgbDevice.ReadResetEvidence(_rig.Device, state.WrittenSpan);
        Assert.True(evidence.WasReset, evidence.ToString());
        // Every register that is said to tell does.
        Assert.All(evidence.Compared, compared => Assert.False(compared is { ClearedByReset: true, Matches: true }, compared.ToString()));
        EnableBusMaster(on: true);
        var mismatch = Assert.Throws<DeviceMismatchException>(() => IgbDevice.Continue(_rig.Attachment, _rig.Memory!, state.WrittenSpan));
        Assert.Contains(mismatch.Field, (string[])["CTRL_EXT", "RCTL"]);

        // A new driver sets the registers again; it is not taken for the old one.
        using var anew = IgbDevice.Start(_rig.Attachment, _rig.Memory!, Options);
        anew.Copy(_data!, 0, _data!, 32768, 5000);
        Assert.Throws<DeviceMismatchException>(() => IgbDevice.Continue(_rig.Attachment, _rig.Memory!, state.WrittenSpan));
        anew.Shutdown();
        Assert.Throws<ObjectDisposedException>(anew.Quiesce);
        Assert.Equal(0U, _rig.Device.Bars[0].ReadUInt32(0x100)); // RCTL
    }

    [SkippableFact]
    public void A_device_that_loses_bus_master_is_stopped_in_time_and_starts_again()
    {
        var igb = Start(interrupts: true);
        var data = _data!;
        EnableBusMaster(on: false);
        data.Bytes(0, DataBytes).Clear();
        data.Bytes(0, 5000).Fill(0x11);
        Assert.Throws<DeviceTimeoutException>(() => igb.Copy(data, 0, data, 32768, 5000));
        Assert.True(data.Bytes(32768, 5000).IndexOfAnyExcept((byte)0) < 0);
        Assert.Throws<DeviceFailedException>(() => igb.Copy(data, 0, data, 32768, 1));
        Assert.Throws<DeviceFailedException>(igb.Quiesce);
        Assert.Throws<DeviceFailedException>(igb.Resume);
        igb.Dispose();
        // Start switches it on again; what the failed copy left in the rings is not written.
        igb = _igb = IgbDevice.Start(_rig.Attachment, _rig.Memory!, Options, _rig.Device.Interrupts.Msix);
        Assert.True(data.Bytes(32768, 5000).IndexOfAnyExcept((byte)0) < 0);
        igb.Copy(data, 0, data, 32768, 5000);
    }

    [SkippableFact]
    public void A_copy_whose_bytes_did_not_arrive_never_ends_well()
    {
        var igb = Start(interrupts: false);
        var data = _data!;
        data.Bytes(0, DataBytes).Fill(0x11);
        // Memory that its object takes for mapped, and the IOMMU does not: somebody else has unmapped it.
        var ghost = DmaMemory.Allocate(_rig.Ioas, "ghost", DataBytes, GhostAt);
        using (var fd = _rig.Context.Fd.Duplicate())
        using (var somebody = IommuContext.FromFd(fd))
        {
            var same = somebody.AdoptIoas(_rig.Ioas.Id);
            ((IDmaMapper)same).Unmap(ghost.Mapping.Range);
            same.Leave();
        }

        ghost.Bytes(0, DataBytes).Fill(0x22);
        var lost = Assert.Throws<DeviceException>(() => igb.Copy(data, 0, ghost, 0, 1500));
        Assert.Contains($"to {GhostAt}", lost.Message, StringComparison.Ordinal);
        Assert.True(ghost.Bytes(0, DataBytes).IndexOfAnyExcept((byte)0x22) < 0);
        Assert.Throws<DeviceException>(() => igb.Copy(ghost, 0, data, 32768, 1500));
        Assert.True(data.Bytes(0, DataBytes).IndexOf((byte)0x22) < 0);
        ghost.Leave();
        // The rings are as they were.
        data.Bytes(0, 1500).Fill(0x33);
        igb.Copy(data, 0, data, 32768, 1500);
    }

    [SkippableFact]
    public async Task An_error_that_the_device_reports_is_told_and_copies_go_on()
    {
        var igb = Start(interrupts: true);
        var data = _data!;
        using var error = EventFd.Create();
        _rig.Device.Interrupts.Error.Enable(error);
        igb.Copy(data, 0, data, 32768, 5000);
        AerInjection.CompleterAbort(_rig.Device.Address);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        Assert.Equal(1UL, await error.WaitAsync(limit.Token));
        new Random(5).NextBytes(data.Bytes(0, 5000));
        igb.Copy(data, 0, data, 32768, 5000);
        _rig.Device.Interrupts.Error.Disable();
    }

    private IgbDevice Start(bool interrupts)
    {
        var memory = _rig.Allocate(Options.RequiredMemory, 0x1000_0000);
        _data = DmaMemory.Allocate(_rig.Ioas, "data", DataBytes, DataAt);
        return _igb = IgbDevice.Start(_rig.Attachment, memory, Options, interrupts ? _rig.Arm(_rig.Device.Interrupts.Msix, 1) : null);
    }

    private void EnableBusMaster(bool on)
    {
        var command = _rig.Device.ConfigSpace.ReadUInt16(PciRegs.PCI_COMMAND);
        _rig.Device.ConfigSpace.WriteUInt16(PciRegs.PCI_COMMAND, (ushort)(on ? command | BusMaster : command & ~BusMaster));
    }
}
