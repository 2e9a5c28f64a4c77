using System.Buffers;
using Devices.Drivers;
using Devices.Drivers.State;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Tests.Drivers;

/// <summary>The driver of the 82576 against a model of it: what goes wrong here cannot be had of a real one at will.</summary>
public sealed class IgbDeviceTests : IDisposable
{
    private const ulong RingsAt = 0x10_0000_0000;
    private const ulong DataAt = 0x2000_0000;
    private const uint Rctl = 0x100;
    private const uint Tctl = 0x400;
    private static readonly PciAddress Address = new(0, 1, 0, 0);
    private static readonly IgbOptions Options = new() { FramesInFlight = 3, Timeout = TimeSpan.FromSeconds(20) };
    private static readonly IgbOptions Hasty = Options with { Timeout = TimeSpan.FromMilliseconds(20) };

    private readonly ModelMemory _memory = new();
    private readonly EventFd _vector = EventFd.Create();
    private readonly IgbModel _model;
    private DmaMemory? _rings;
    private DmaMemory? _data;

    public IgbDeviceTests() => _model = new IgbModel(_memory) { Vector = _vector };

    private DmaMemory Data => _data ??= _memory.Allocate(1 << 20, DataAt);

    public void Dispose()
    {
        _memory.Dispose();
        _vector.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Memory_is_copied_whatever_its_length_and_place(bool interrupts)
    {
        using var igb = Start(interrupts: interrupts);
        const int To = 1 << 19;
        new Random(1).NextBytes(Data.Bytes(0, To));
        for (var length = 1; length < 70_000; length += 1 + (length * 2 / 3))
        {
            foreach (var (from, to) in new[] { (0, To), (4095, To + 1), (13, To + 4093) })
            {
                Data.Bytes(To, To).Fill(0xee);
                igb.Copy(Data, (ulong)from, Data, (ulong)to, length);
                Assert.True(Data.Bytes((ulong)from, length).SequenceEqual(Data.Bytes((ulong)to, length)), $"{length} bytes from {from} to {to}");
                Assert.Equal(length, To - Data.Bytes(To, To).Count((byte)0xee) + Data.Bytes((ulong)to, length).Count((byte)0xee));
            }
        }

        Assert.Equal(interrupts ? igb.Statistics.Frames : 0, igb.Statistics.Interrupts);
    }

    [Fact]
    public void Rings_wrap_and_everything_is_counted()
    {
        using var igb = Start(interrupts: true);
        new Random(2).NextBytes(Data.Bytes(0, 1 << 19));
        igb.CopyUnchecked([.. Enumerable.Range(0, 40).Select(i => new IgbCopy(new(DataAt + (ulong)(i * 9001)), new(DataAt + (1 << 19) + (ulong)(i * 9000)), 9000))]);
        for (var i = 0; i < 40; i++) Assert.True(Data.Bytes((ulong)(i * 9001), 9000).SequenceEqual(Data.Bytes((1 << 19) + (ulong)(i * 9000), 9000)), $"copy {i}");
        Assert.Equal(new IgbStatistics(40, 80, 40 * 9000, 80), igb.Statistics);
        igb.CopyUnchecked();
        Assert.Equal(80UL, igb.Statistics.Frames);
        igb.RaiseInterrupt();
        Assert.Equal(81UL, igb.Statistics.Interrupts);
    }

    [Fact]
    public void Starting_resets_and_switches_on_last()
    {
        _model[Rctl] = _model[Tctl] = 2; // as another driver left it
        using var igb = Start();
        var offsets = _model.Writes.ConvertAll(static write => write.Offset);
        var reset = _model.Writes.FindIndex(static write => write is { Offset: 0, Value: var value } && (value & (1 << 26)) != 0);
        Assert.InRange(reset, 1, int.MaxValue);
        Assert.Equal((0U, 1U << 2), (_model.Writes[0].Offset, _model.Writes[0].Value & (1 << 2))); // no new DMA
        Assert.All(new uint[] { 0x2800, 0x2804, 0x2808, 0x3800, 0x3804, 0x3808 }, offset => Assert.InRange(offsets.LastIndexOf(offset), reset, Math.Min(offsets.LastIndexOf(Rctl), offsets.LastIndexOf(Tctl))));
        Assert.Equal(0U, _model[0x1524]); // polled: EIMS
        Assert.Throws<InvalidOperationException>(igb.RaiseInterrupt);
        igb.Shutdown();
        Assert.Equal(0U, _model[Rctl]);
        Assert.Equal(0U, _model[0x3800]);
        Assert.Throws<ObjectDisposedException>(() => igb.Copy(Data, 0, Data, 4096, 1));
    }

    [Fact]
    public void A_device_that_cannot_be_brought_up_is_left_stopped()
    {
        var model = new IgbModel(_memory) { RefusesPhy = true };
        Assert.Contains("PHY", Assert.Throws<DeviceFailedException>(() => Start(model: model)).Message, StringComparison.Ordinal);
        Assert.True(model.IsDisposed);
        Assert.Equal(0U, model[Rctl]);
        Assert.Throws<ArgumentException>(() => IgbDevice.StartOn(Address, new IgbModel(_memory), _memory.Allocate(4096, 0x5000), Options, null));
        Assert.Throws<InvalidOperationException>(() => Start(Options with { FramesInFlight = 257 }));
        Assert.Throws<DeviceGoneException>(() => Start(model: new IgbModel(_memory) { IsGone = true }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_lost_frame_is_told_in_time_and_the_device_writes_nothing_more(bool interrupts)
    {
        using var igb = Start(Hasty, interrupts);
        _model.Lost = 1;
        var late = Assert.Throws<DeviceTimeoutException>(() => igb.Copy(Data, 0, Data, 1 << 19, 100));
        Assert.Contains("1 were sent and 0 arrived", late.Message, StringComparison.Ordinal);
        Assert.Equal(0U, _model[Rctl]);
        Assert.Contains("the reason was", Assert.Throws<DeviceFailedException>(() => igb.Copy(Data, 0, Data, 1 << 19, 100)).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Throws<DeviceFailedException>(igb.Quiesce);
        Assert.Throws<DeviceFailedException>(igb.Resume);
        igb.Dispose();
        using var anew = Start(Hasty, interrupts);
        anew.Copy(Data, 0, Data, 1 << 19, 100);
    }

    [Fact]
    public void A_frame_in_another_s_place_is_noticed()
    {
        // As if one of an earlier time had come late.
        using var igb = Start(Hasty);
        _model.Corrupt = (number, _) =>
        {
            if (number == 0) _rings!.WriteUInt64(LandingOfFrame0, 77);
        };
        Assert.Contains("frame 77 arrived in the place of frame 0", Assert.Throws<DeviceFailedException>(() => igb.Copy(Data, 0, Data, 1 << 19, 100)).Message, StringComparison.Ordinal);
        Assert.Equal(0U, _model[Rctl]);
    }

    [Theory]
    [InlineData(0, 11, 0x80)] // RXE on the first buffer
    [InlineData(2, 11, 0x01)] // CE on the last
    [InlineData(1, 12, 0x01)] // a length that is not the buffer's
    [InlineData(0, 8, 0x03)] // the end of the frame too early
    [InlineData(2, 8, 0x01)] // no end
    public void A_frame_that_did_not_arrive_as_it_was_sent_is_an_error(int buffer, int offset, byte value)
    {
        using var igb = Start(Hasty);
        _model.Corrupt = (number, descriptor) =>
        {
            if (number == buffer) descriptor[offset] = value;
        };
        Assert.Throws<DeviceFailedException>(() => igb.Copy(Data, 0, Data, 1 << 19, 1500));
        Assert.Equal(0U, _model[Rctl]);
    }

    [Fact]
    public void Bytes_that_are_not_the_source_s_are_an_error_and_the_device_goes_on()
    {
        using var igb = Start();
        Data.Bytes(0, 5000).Fill(1);
        _model.ReadsZeros = true;
        Assert.Contains("from byte 0 on", Assert.Throws<DeviceException>(() => igb.Copy(Data, 0, Data, 1 << 19, 5000)).Message, StringComparison.Ordinal);
        igb.CopyUnchecked(new IgbCopy(new(DataAt), new(DataAt + (1 << 19)), 5000));
        _model.ReadsZeros = false;
        igb.Copy(Data, 0, Data, 1 << 19, 5000);
    }

    [Fact]
    public void A_missing_interrupt_is_told()
    {
        using var igb = Start(Hasty, interrupts: true);
        _model.LosesInterrupts = true;
        Assert.Contains("its interrupt on vector 0 did not come", Assert.Throws<DeviceTimeoutException>(() => igb.Copy(Data, 0, Data, 1 << 19, 100)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupt_too_many_is_no_completion()
    {
        using var igb = Start(interrupts: true);
        _model.Hold = true;
        _vector.Signal();
        using var timer = new Timer(_ => _model.Release(), null, 20, Timeout.Infinite);
        using var spurious = new Timer(_ => _vector.Signal(), null, 5, Timeout.Infinite);
        Data.Bytes(0, 100).Fill(7);
        igb.Copy(Data, 0, Data, 1 << 19, 100);
        Assert.Equal(7, Data.ReadUInt8((1 << 19) + 99));
        Assert.Equal(3UL, igb.Statistics.Interrupts);
    }

    [Fact]
    public void A_frame_that_is_reported_as_sent_after_its_interrupt_needs_no_other()
    {
        using var igb = Start(interrupts: true);
        _model.WithholdsReports = true;
        using var timer = new Timer(_ => _model.Report(), null, 20, Timeout.Infinite);
        igb.Copy(Data, 0, Data, 1 << 19, 100);
        Assert.Equal(new IgbStatistics(1, 1, 100, 1), igb.Statistics);
    }

    [Fact]
    public void What_cannot_be_copied_reaches_no_register()
    {
        using var igb = Start();
        var readOnly = _memory.Allocate(4096, 0x1000, DmaAccess.Read);
        using var elsewhere = new ModelMemory();
        var writes = _model.Writes.Count;
        Assert.Throws<ArgumentOutOfRangeException>(() => igb.Copy(Data, 0, Data, 4096, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => igb.Copy(Data, (1 << 20) - 5, Data, 4096, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => igb.Copy(Data, 0, Data, (1 << 20) - 5, 6));
        Assert.Throws<ArgumentException>(() => igb.Copy(Data, 0, readOnly, 0, 6));
        Assert.Throws<ArgumentException>(() => igb.Copy(elsewhere.Allocate(4096, 0x7000), 0, Data, 0, 6));
        Assert.Throws<ArgumentException>(() => igb.Copy(Data, 0, Data, 99, 100));
        Assert.Throws<ArgumentException>(() => igb.Copy(Data, 99, Data, 0, 100));
        Assert.Throws<ArgumentException>(() => igb.Copy(Data, 0, _rings!, _rings!.Length - 1, 1));
        Assert.Throws<ArgumentException>(() => igb.CopyUnchecked(new IgbCopy(new(DataAt), new(ulong.MaxValue - 3), 8)));
        Assert.Throws<ArgumentOutOfRangeException>(() => igb.CopyUnchecked(new IgbCopy(new(DataAt), new(DataAt + 4096), -1)));
        // One bad copy, and none of the batch is done.
        Assert.Throws<ArgumentException>(() => igb.CopyUnchecked(new IgbCopy(new(DataAt), new(DataAt + 4096), 8), new IgbCopy(new(DataAt), new(DataAt + 4), 8)));
        Assert.Equal(writes, _model.Writes.Count);
        igb.Copy(Data, 0, Data, 100, 100);
        igb.Copy(readOnly, 0, Data, 0, 4096);
    }

    [Fact]
    public async Task Quiescing_waits_for_a_copy_refuses_the_next_and_is_undone()
    {
        using var igb = Start();
        _model.Hold = true;
        var copy = Task.Run(() => igb.Copy(Data, 0, Data, 1 << 19, 100));
        SpinWait.SpinUntil(() => _model[0x3818] != 0);
        using (new Timer(_ => _model.Release(), null, 20, Timeout.Infinite)) igb.Quiesce();
        Assert.Equal(_model[0x3818], _model[0x3810]);
        await copy;
        igb.Quiesce();
        Assert.True(igb.IsQuiesced);
        Assert.Throws<InvalidOperationException>(() => igb.Copy(Data, 0, Data, 1 << 19, 100));
        igb.Resume();
        igb.Copy(Data, 0, Data, 1 << 19, 100);
        _model.IsGone = true;
        Assert.Throws<DeviceGoneException>(igb.Quiesce);
    }

    [Fact]
    public async Task Quiescing_that_fails_leaves_the_device_working()
    {
        using var igb = Start(Hasty with { FramesInFlight = 1 });
        _model.Slowness = TimeSpan.FromMilliseconds(15);
        var copy = Task.Run(() => igb.Copy(Data, 0, Data, 1 << 19, 20 * IgbDevice.BytesPerFrame));
        SpinWait.SpinUntil(() => _model[0x3818] != 0);
        Assert.Throws<DeviceTimeoutException>(igb.Quiesce);
        Assert.False(igb.IsQuiesced);
        await copy;
        _model.Slowness = TimeSpan.Zero;
        igb.Copy(Data, 0, Data, 1 << 19, 100);
        igb.Quiesce();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_continued_device_writes_nothing_before_it_is_resumed_and_nothing_but_tails_after(bool interrupts)
    {
        var state = Saved(interrupts);
        _model.Writes.Clear();
        using var next = Continue(state, interrupts);
        Assert.True(next.IsQuiesced);
        Assert.Equal(new IgbStatistics(5, 10, 5 * 9000, interrupts ? 10UL : 0), next.Statistics);
        Assert.True(next.CheckNotReset().IsUnchanged);
        Assert.Throws<InvalidOperationException>(() => next.Copy(Data, 0, Data, 1 << 19, 1));
        next.Resume();
        Assert.Empty(_model.Writes);
        new Random(3).NextBytes(Data.Bytes(0, 50_000));
        next.Copy(Data, 0, Data, 1 << 19, 50_000);
        Assert.Equal([0x2818U, 0x3818U], _model.Writes.Select(static write => write.Offset).Distinct());
        Assert.Equal(17UL, next.Statistics.Frames);
        Assert.True(next.CheckNotReset().WasReset, "the rings have moved on");
    }

    [Fact]
    public void A_register_that_differs_is_named_and_nothing_is_written()
    {
        var state = Saved(interrupts: true);
        foreach (var (name, offset) in IgbRegisters.Kept)
        {
            var before = _model[offset];
            _model.Writes.Clear();
            _model[offset] ^= 0x40;
            var mismatch = Assert.Throws<DeviceMismatchException>(() => Continue(state, interrupts: true));
            Assert.Equal((name, (ulong)before, (ulong)(before ^ 0x40)), (mismatch.Field, mismatch.Saved, mismatch.Found));
            Assert.Empty(_model.Writes);
            _model[offset] = before;
        }

        using (Continue(state, interrupts: true))
        {
        }

        using var continued = Continue(state, interrupts: true);
        _model.Reset();
        var evidence = continued.CheckNotReset();
        Assert.True(evidence.WasReset);
        Assert.All(evidence.Compared, static compared => Assert.False(compared is { ClearedByReset: true, Matches: true }, compared.ToString()));
        Assert.Equal(["TXDCTL", "RXDCTL", "SRRCTL"], evidence.Compared.Where(static compared => !compared.ClearedByReset).Select(static compared => compared.Register));
    }

    [Fact]
    public void Other_memory_is_refused()
    {
        var state = Saved(interrupts: false);
        foreach (var (offset, field) in new[] { (0UL, "magic"), (8UL, "id"), (16UL, "frames given") })
        {
            var before = _rings!.ReadUInt64(offset);
            _rings.WriteUInt64(offset, before + 1);
            Assert.StartsWith(field, Assert.Throws<DeviceMismatchException>(() => Continue(state)).Field, StringComparison.Ordinal);
            _rings.WriteUInt64(offset, before);
        }

        var right = _rings!;
        _rings = _memory.Allocate(right.Length, RingsAt + 0x100000);
        Assert.StartsWith("IOVA", Assert.Throws<DeviceMismatchException>(() => Continue(state)).Field, StringComparison.Ordinal);
        _rings = _memory.Allocate(right.Length + 4096, RingsAt);
        Assert.StartsWith("length", Assert.Throws<DeviceMismatchException>(() => Continue(state)).Field, StringComparison.Ordinal);
    }

    [Fact]
    public void Vectors_have_to_be_as_the_device_was_started()
    {
        var state = Saved(interrupts: true);
        Assert.Contains("astray", Assert.Throws<ArgumentException>(() => Continue(state, interrupts: false)).Message, StringComparison.Ordinal);
        state = Saved(interrupts: false);
        Assert.Contains("none will come", Assert.Throws<ArgumentException>(() => Continue(state, interrupts: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_that_was_cut_short_or_changed_is_refused()
    {
        var state = Saved(interrupts: false);
        for (var length = 0; length < state.Length; length++) Assert.Throws<DriverStateException>(() => IgbStateReader.Read(state.AsSpan(0, length)));
        for (var bit = 0; bit < state.Length * 8; bit++)
        {
            var changed = (byte[])state.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<DriverStateException>(() => IgbStateReader.Read(changed));
        }
    }

    [Fact]
    public void A_state_with_a_value_out_of_range_is_refused_by_its_field()
    {
        var state = Saved(interrupts: false);

        void Refused(string field, Action<IgbState> change)
        {
            var bad = IgbStateReader.Read(state).Clone();
            change(bad);
            var bytes = new ArrayBufferWriter<byte>();
            StateEnvelope.Write(bytes, 1, 1, bad);
            Assert.Equal(field, Assert.Throws<DriverStateException>(() => IgbStateReader.Read(bytes.WrittenSpan)).Field);
        }

        void RefusedRegister(string name, Func<uint, uint> change, string? field = null)
            => Refused(field ?? name, bad => bad.Registers[Array.FindIndex(IgbRegisters.Kept, kept => kept.Name == name)].Value = change(bad.Registers[Array.FindIndex(IgbRegisters.Kept, kept => kept.Name == name)].Value));

        Refused("registers", static igb => igb.Registers.RemoveAt(0));
        Refused("registers[3]", static igb => igb.Registers[3].Offset = 0xc0); // ICR, whose reading clears it
        Refused("frames", static igb => igb.Frames = 0);
        Refused("frames", static igb => igb.Frames = 257);
        Refused("transmit_entries", static igb => igb.TransmitEntries = 12);
        Refused("transmit_entries", static igb => igb.TransmitEntries = 17);
        Refused("receive_entries", static igb => igb.ReceiveEntries = 24);
        Refused("receive_entries", static igb => igb.ReceiveEntries = 4104);
        Refused("length", static igb => igb.Length = 0);
        Refused("iova", static igb => igb.Iova = ulong.MaxValue - 4096);
        Refused("layout", static igb => igb.TransmitOffset += 16);
        Refused("layout", static igb => igb.ReceiveOffset = igb.TransmitOffset);
        Refused("layout", static igb => igb.HeadsOffset = 0);
        Refused("layout", static igb => igb.LandingsOffset = igb.Length);
        RefusedRegister("RCTL", static value => value & ~2U);
        RefusedRegister("TCTL", static value => value & ~2U);
        RefusedRegister("TDBAL", static value => value + 4096);
        RefusedRegister("RDBAH", static value => value + 1, "RDBAL");
        RefusedRegister("TDLEN", static value => value + 128);
        RefusedRegister("RDLEN", static value => value - 128);
        RefusedRegister("TDT", static _ => 1000);
        RefusedRegister("RDT", static _ => uint.MaxValue);
        RefusedRegister("TDH", static value => value + 1);
        RefusedRegister("RDH", static value => value + 1);
    }

    [Fact]
    public void Copying_allocates_nothing()
    {
        using var igb = Start(interrupts: true);
        _model.RecordsWrites = false;
        var copy = new IgbCopy(Data.Iova, Data.Iova + (1 << 19), 100_000);
        for (var i = 0; i < 100; i++) igb.CopyUnchecked(copy);
        var before = GC.GetAllocatedBytesForCurrentThread() - _model.AllocatedBytes;
        for (var i = 0; i < 100; i++) igb.CopyUnchecked(copy);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread() - _model.AllocatedBytes);
    }

    private ulong LandingOfFrame0 => IgbMemoryLayout.For(Options).Landing(0) + 16;

    private IgbDevice Start(IgbOptions? options = null, bool interrupts = false, IgbModel? model = null)
    {
        options ??= Options;
        _rings ??= _memory.Allocate(options.RequiredMemory, RingsAt);
        return IgbDevice.StartOn(Address, model ?? _model, _rings, options, interrupts ? _vector : null);
    }

    private IgbDevice Continue(byte[] state, bool interrupts = false)
        => IgbDevice.ContinueOn(Address, _model, _rings!, IgbStateReader.Read(state), interrupts ? _vector : null, Options.Timeout);

    private byte[] Saved(bool interrupts)
    {
        using var igb = Start(interrupts: interrupts);
        for (var i = 0; i < 5; i++) igb.Copy(Data, (ulong)i, Data, 1 << 19, 9000);
        Assert.Throws<InvalidOperationException>(() => igb.Save(new ArrayBufferWriter<byte>()));
        igb.Quiesce();
        var state = new ArrayBufferWriter<byte>();
        igb.Save(state);
        return state.WrittenSpan.ToArray();
    }
}
