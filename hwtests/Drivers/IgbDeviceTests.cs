using Devices.Drivers;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Vfio;

namespace Devices.HwTests.Drivers;

/// <summary>The driver of the 82576 on the device, by each back end: what it copies, and what the IOMMU keeps from it.</summary>
[Guest("sriov")]
public abstract class IgbDeviceTests(IommuMode mode) : IDisposable
{
    private const byte Untouched = 0xee;
    private const byte Secret = 0x77;
    private const int DataBytes = 1 << 20;
    private static readonly Iova RingsAt = new(0x1000_0000);
    private static readonly Iova DataAt = new(0x2000_0000);
    private static readonly Iova NowhereAt = new(0x3000_0000);

    private readonly BackEndDevice _rig = BackEndDevice.Igb(mode);
    private IgbDevice? _igb;

    public void Dispose()
    {
        _igb?.Dispose();
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Memory_is_copied_whatever_its_length_and_place(bool interrupts)
    {
        var igb = Start(interrupts, new IgbOptions());
        using var data = DmaMemory.Allocate(_rig.Mapper, "data", DataBytes, DataAt);
        const int To = DataBytes / 2;
        new Random(1).NextBytes(data.Bytes(0, To));
        // What would be dropped, or not come back as it was, were it taken for an Ethernet header: a pause frame, a bad IPv4 header, a VLAN tag.
        byte[] pause = [0x01, 0x80, 0xc2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x88, 0x08];
        byte[] ipv4 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00, 0x41];
        byte[] vlan = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x81, 0x00];
        foreach (var (start, at) in new[] { (pause, 0), (ipv4, 20_000), (vlan, 40_000) }) start.CopyTo(data.Bytes((ulong)at, start.Length));

        var copies = 0UL;
        foreach (var from in (int[])[0, 20_000, 40_000, 4093])
        {
            foreach (var length in (int[])[1, 14, 60, 1023, 1025, 4096, 8192, 8193, 300_001])
            {
                data.Bytes(To, To).Fill(Untouched);
                var to = To + 4096 - 7 + (from % 11);
                igb.Copy(data, (ulong)from, data, (ulong)to, length);
                Assert.True(data.Bytes((ulong)from, length).SequenceEqual(data.Bytes((ulong)to, length)), $"{length} bytes from {from}");
                Assert.True(data.Bytes(To, to - To).IndexOfAnyExcept(Untouched) < 0, "bytes before the destination were written");
                Assert.True(data.Bytes((ulong)(to + length), 2048).IndexOfAnyExcept(Untouched) < 0, "bytes after the destination were written");
                copies++;
            }
        }

        Assert.Equal(copies, igb.Statistics.Copies);
        Assert.Equal(interrupts, igb.Statistics.Interrupts > 0);
    }

    [SkippableFact]
    public void Each_frame_raises_its_interrupt_and_the_rings_wrap()
    {
        var igb = Start(interrupts: true, new IgbOptions { FramesInFlight = 2 });
        using var data = DmaMemory.Allocate(_rig.Mapper, "data", DataBytes, DataAt);
        new Random(2).NextBytes(data.Bytes(0, DataBytes / 2));
        // 16 and 24 descriptors, of which a frame takes 3 or 4 and 9: each ring is gone round many times.
        const int Copies = 60;
        for (var i = 0; i < Copies; i++) igb.Copy(data, (ulong)(i * 1000), data, (ulong)((DataBytes / 2) + (i * 501)), IgbDevice.BytesPerFrame);
        Assert.Equal(new IgbStatistics(Copies, Copies, Copies * IgbDevice.BytesPerFrame, Copies), igb.Statistics);

        // In batches, an interrupt may stand for several frames.
        var batch = Enumerable.Range(0, 50).Select(i => new IgbCopy(DataAt + (ulong)(i * 5000), DataAt + (ulong)((DataBytes / 2) + (i * 4999)), 4999)).ToArray();
        igb.CopyUnchecked(batch);
        for (var i = 0; i < batch.Length; i++) Assert.True(data.Bytes((ulong)(i * 5000), 4999).SequenceEqual(data.Bytes((ulong)((DataBytes / 2) + (i * 4999)), 4999)), $"copy {i}");
        Assert.Equal((ulong)(Copies + 50), igb.Statistics.Copies);
        Assert.InRange(igb.Statistics.Interrupts, (ulong)(Copies + 25), (ulong)(Copies + 50));

        var eventFd = _rig.Device.Interrupts.Msix.Vectors[0]!;
        Assert.False(eventFd.TryRead(out _));
        igb.RaiseInterrupt();
        Assert.True(eventFd.TryWait(TimeSpan.FromSeconds(5), out var count));
        Assert.Equal(1UL, count);
    }

    [SkippableFact]
    public void What_is_not_mapped_is_neither_read_nor_written()
    {
        var options = new IgbOptions { Timeout = TimeSpan.FromMilliseconds(300) };
        var igb = Start(interrupts: false, options);
        using var data = DmaMemory.Allocate(_rig.Mapper, "data", DataBytes, DataAt);
        using var file = MemFd.Create("nowhere", DataBytes);
        var nowhere = DmaMemory.Map(_rig.Mapper, file, NowhereAt);
        nowhere.Bytes(0, DataBytes).Fill(Secret);
        igb.Copy(nowhere, 0, data, 0, 4096);
        Assert.True(data.Bytes(0, 4096).IndexOfAnyExcept(Secret) < 0);
        _rig.Mapper.Unmap(nowhere.Mapping.Range);

        // The memory says so itself, before the device is asked.
        data.Bytes(0, DataBytes).Fill(Untouched);
        Assert.Throws<ArgumentException>(() => igb.Copy(nowhere, 0, data, 0, 64));
        Assert.Throws<ArgumentException>(() => igb.Copy(data, 0, nowhere, 0, 64));
        Assert.True(data.Bytes(0, DataBytes).IndexOfAnyExcept(Untouched) < 0);

        // By bare addresses the IOMMU alone is in the way. How many bytes are asked for decides what QEMU makes of it.
        foreach (var length in (int[])[64, 4096, IgbDevice.BytesPerFrame, 100_000])
        {
            data.Bytes(0, DataBytes).Fill(Untouched);
            igb = Try(igb, options, new IgbCopy(NowhereAt, DataAt, length), out var told);
            Assert.True(data.Bytes(0, DataBytes).IndexOf(Secret) < 0, "the device read what is not mapped");
            // QEMU reads zeros through a buffer of a page, and drops a frame that takes more than that.
            Assert.Equal(length > 4096, told);

            data.Bytes(0, DataBytes).Fill(Untouched);
            igb = Try(igb, options, new IgbCopy(DataAt, NowhereAt, length), out told);
            using (var view = file.Map()) Assert.True(view.Span(0, DataBytes).IndexOfAnyExcept(Secret) < 0, "the device wrote what is not mapped");
            Assert.False(told);
        }

        nowhere.Leave();
        igb.Copy(data, 0, data, 8192, 8192);
    }

    /// <summary>A copy that may fail; if it does, the device says so from then on, and is started anew.</summary>
    private IgbDevice Try(IgbDevice igb, IgbOptions options, IgbCopy copy, out bool told)
    {
        try
        {
            igb.CopyUnchecked(copy);
            told = false;
            return igb;
        }
        catch (DeviceTimeoutException late)
        {
            Assert.Contains("IOMMU fault", late.Message, StringComparison.Ordinal);
            Assert.Throws<DeviceFailedException>(() => igb.CopyUnchecked(copy));
            igb.Dispose();
            told = true;
            return _igb = IgbDevice.Start(_rig.Attachment, _rig.Memory!, options);
        }
    }

    private IgbDevice Start(bool interrupts, IgbOptions options)
    {
        var memory = _rig.Allocate(options.RequiredMemory, RingsAt.Value);
        return _igb = IgbDevice.Start(_rig.Attachment, memory, options, interrupts ? _rig.Arm(_rig.Device.Interrupts.Msix, 1) : null);
    }

    public sealed class OnType1() : IgbDeviceTests(IommuMode.Type1);

    public sealed class OnType1v2() : IgbDeviceTests(IommuMode.Type1v2);

    public sealed class OnIommufdCompatType1() : IgbDeviceTests(IommuMode.IommufdCompatType1);

    public sealed class OnIommufdCompatType1v2() : IgbDeviceTests(IommuMode.IommufdCompatType1v2);

    public sealed class OnIommufd() : IgbDeviceTests(IommuMode.Iommufd);
}
