using System.Buffers;
using System.Buffers.Binary;
using Devices.Drivers;
using Devices.Drivers.State;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Tests.Drivers;

/// <summary>The NVMe driver against a model of a controller: what goes wrong here cannot be had of a real one at will.</summary>
public sealed class NvmeControllerTests : IDisposable
{
    private const ulong Iova = 0x1000_0000;
    private static readonly PciAddress Address = new(0, 1, 0, 0);
    private static readonly NvmeOptions Options = new() { QueueEntries = 5, BytesPerCommand = 8192, CommandTimeout = TimeSpan.FromSeconds(20) };
    private static readonly NvmeOptions Hasty = Options with { CommandTimeout = TimeSpan.FromMilliseconds(20) };

    private readonly ModelMemory _memory = new();
    private readonly List<EventFd> _vectors = [];
    private NvmeModel _model;

    public NvmeControllerTests() => _model = new NvmeModel(_memory);

    public void Dispose()
    {
        _memory.Dispose();
        foreach (var vector in _vectors) vector.Dispose();
    }

    [Fact]
    public void Starting_enables_once_and_writes_the_queues_before()
    {
        _model.WriteUInt32(0x14, 0x460001); // as firmware leaves it
        _model.Writes.Clear();
        using var controller = Start();
        Assert.Equal("Model of a controller", controller.Identity.Model);
        Assert.Equal("S123", controller.Identity.Serial);
        Assert.Equal(4096 << 5, controller.Identity.MaxTransferBytes);
        Assert.Equal(new NvmeNamespace(3, 4096, 512), controller.Namespace);
        var registers = _model.Writes.Where(write => write.Offset < 0x1000).ToArray();
        Assert.Equal([0x14, 0x24, 0x28, 0x2c, 0x30, 0x34, 0x14, 0x0c], registers.Select(write => (int)write.Offset));
        Assert.Equal(0U, registers[0].Value & 1);
        Assert.Equal(0x000f000fU, registers[1].Value);
        Assert.Equal(0x00460001U, registers[6].Value);
        Assert.Equal(2, controller.Queues.Count);
        Assert.NotEqual(0UL, _model.Timestamp);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(12)]
    public void Blocks_come_back_over_any_queue_and_any_length(int shift)
    {
        _model = new NvmeModel(_memory) { BlockShift = shift };
        using var controller = Start();
        var block = controller.Namespace.BlockBytes;
        Assert.Equal(1 << shift, block);
        for (var blocks = 1; blocks < 60; blocks += 7)
        {
            var data = Pattern(blocks * block, blocks);
            controller.Queues[0].Write(100, data);
            Assert.True(_model.Disk.AsSpan(100 * block, data.Length).SequenceEqual(data));
            var back = new byte[data.Length];
            controller.Queues[1].Read(100, back);
            Assert.Equal(data, back);
        }

        controller.Queues[0].Flush();
        Assert.Throws<ArgumentException>(() => controller.Queues[0].Read(0, new byte[block - 1]));
        Assert.Throws<ArgumentException>(() => controller.Queues[0].Read(0, []));
    }

    [Fact]
    public void Commands_that_come_together_go_by_one_doorbell()
    {
        using var controller = Start();
        var queue = controller.Queues[0];
        _model.Writes.Clear();
        Assert.True(queue.TrySubmitRead(0, 1, out _, more: true));
        Assert.True(queue.TrySubmitRead(1, 1, out _, more: true));
        Assert.Empty(_model.Writes);
        Assert.True(queue.TrySubmitRead(2, 1, out _));
        Assert.Equal([(0x1008U, 3U)], _model.Writes);
        for (var lba = 0U; lba < 3; lba++) Assert.Equal(lba, queue.Take().Lba);
    }

    [Fact]
    public void What_was_to_be_followed_by_more_is_told_before_a_completion_of_it_is_waited_for()
    {
        using var controller = Start();
        var queue = controller.Queues[0];
        Assert.True(queue.TrySubmitRead(0, 1, out _, more: true));
        Assert.Equal(0U, queue.Take().Lba);
        Assert.True(queue.TrySubmitFlush(out _, more: true));
        Assert.True(queue.TryTake(out var flush));
        Assert.Equal(NvmeOperation.Flush, flush.Operation);
        _model.Hold = true;
        for (var i = 0; i < queue.Depth; i++) Assert.True(queue.TrySubmitRead((ulong)i, 1, out _, more: true));
        _model.Writes.Clear();
        Assert.False(queue.TrySubmitRead(9, 1, out _, more: true));
        Assert.NotEmpty(_model.Writes);
        _model.Release();
    }

    [Fact]
    public void A_device_that_is_to_rest_is_told_first_of_what_was_submitted()
    {
        using var controller = Start();
        var queue = controller.Queues[0];
        Assert.True(queue.TrySubmitWrite(7, Pattern(512, 7), out _, more: true));
        controller.Quiesce();
        Assert.True(_model.Disk.AsSpan(7 * 512, 512).SequenceEqual(Pattern(512, 7)));
    }

    [Fact]
    public void A_full_queue_says_so_and_wraps_many_times()
    {
        using var controller = Start();
        var queue = controller.Queues[0];
        _model.Hold = true;
        for (var i = 0; i < queue.Depth; i++) Assert.True(queue.TrySubmitRead((ulong)i, 1, out _));
        Assert.False(queue.TrySubmitRead(9, 1, out _));
        Assert.False(queue.TryTake(out _));
        Assert.Equal(queue.Depth, queue.InFlight);
        _model.Release();
        for (var i = 0; i < queue.Depth; i++)
        {
            Assert.True(queue.TryTake(out var completion));
            Assert.Equal((ulong)i, completion.Lba);
        }

        var buffer = new byte[512];
        for (var i = 0; i < 1000; i++) queue.Read((ulong)i, buffer);
        var commands = 1000 + queue.Depth;
        Assert.Equal(new NvmeQueuePosition(commands % 5, commands % 5, commands / 5 % 2 == 0), queue.Position);
        Assert.Equal(new NvmeQueueStatistics((ulong)commands, (ulong)commands, 0, 0), queue.Statistics);
        Assert.Throws<InvalidOperationException>(() => queue.Take());
    }

    [Fact]
    public void The_buffer_of_a_completion_is_lost_with_its_slot()
    {
        using var controller = Start();
        var queue = controller.Queues[0];
        _model.Disk.AsSpan(0, 512).Fill(7);
        Assert.True(queue.TrySubmitRead(0, 1, out _));
        var first = queue.Take();
        Assert.Equal(7, queue.Data(first)[511]);
        for (var i = 0; i < queue.Depth; i++)
        {
            Assert.True(queue.TrySubmitRead(1, 1, out _));
            queue.Take();
        }

        Assert.Throws<InvalidOperationException>(() => { _ = queue.Data(first); });
    }

    [Fact]
    public void Foreign_memory_is_used_in_place_and_within_its_bounds()
    {
        using var controller = Start();
        var queue = controller.Queues[0];
        var memory = _memory.Allocate(1 << 20, 0x9000_0000);
        var data = Pattern(64 * 512, 5);
        data.CopyTo(memory.Bytes(12, data.Length));
        Assert.True(queue.TrySubmitWrite(10, 64, memory, 12, out _));
        queue.Check(queue.Take());
        Assert.True(_model.Disk.AsSpan(5120, data.Length).SequenceEqual(data));
        Assert.True(queue.TrySubmitRead(10, 64, memory, 100_000, out _));
        queue.Check(queue.Take());
        Assert.True(memory.Bytes(100_000, data.Length).SequenceEqual(data));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TrySubmitRead(0, 2, memory, (1 << 20) - 512, out _));
        Assert.Throws<ArgumentException>(() => queue.TrySubmitRead(0, 1, memory, 2, out _));
        using var elsewhere = new ModelMemory();
        Assert.Throws<ArgumentException>(() => queue.TrySubmitRead(0, 1, elsewhere.Allocate(4096, 0x9000_0000), 0, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TrySubmitRead(0, 257, memory, 0, out _));
        var readOnly = _memory.Allocate(4096, 0xa000_0000, DmaAccess.Read);
        Assert.Throws<ArgumentException>(() => queue.TrySubmitRead(0, 1, readOnly, 0, out _));
        Assert.True(queue.TrySubmitWrite(0, 1, readOnly, 0, out _));
        // What was refused took no slot and rang no doorbell.
        queue.Check(queue.Take());
        Assert.Equal(0, queue.InFlight);
        queue.Read(0, new byte[512 * 20]);
    }

    [Fact]
    public void A_failed_command_is_named_and_the_queue_goes_on()
    {
        using var controller = Start();
        var queue = controller.Queues[1];
        var failure = Assert.Throws<NvmeStatusException>(() => queue.Write(4095, new byte[1024]));
        Assert.Equal("0000:01:00.0: Write of 2 blocks at LBA 4095 on queue 2 failed: LBA Out of Range (SCT 0, SC 0x80, do not retry)", failure.Message);
        Assert.Throws<NvmeStatusException>(() => queue.Read(4000, new byte[512 * 200]));
        queue.Read(4095, new byte[512]);
        Assert.Equal(0, queue.InFlight);
        Assert.True(queue.Statistics.Failed >= 2);
        Assert.Equal(queue.Statistics.Submitted, queue.Statistics.Completed);
    }

    [Fact]
    public void An_overdue_command_is_given_up_and_its_buffer_is_not_used_before_it_comes_back()
    {
        using var controller = Start(Hasty);
        var queue = controller.Queues[0];
        _model.Hold = true;
        _model.Disk.AsSpan(0, 512).Fill(1);
        var late = Assert.Throws<DeviceTimeoutException>(() => queue.Read(0, new byte[512]));
        Assert.Equal(Address, late.Device);
        Assert.Equal(1, queue.InFlight);
        for (var i = 1; i < queue.Depth; i++) Assert.Throws<DeviceTimeoutException>(() => queue.Read(0, new byte[512]));
        Assert.Contains("overdue", Assert.Throws<DeviceTimeoutException>(() => queue.Read(0, new byte[512])).Message, StringComparison.Ordinal);
        _model.Release();
        var buffer = new byte[512];
        queue.Read(0, buffer);
        Assert.Equal(1, buffer[0]);
        Assert.Equal(0, queue.InFlight);
        Assert.False(queue.TryTake(out _));
    }

    [Fact]
    public void A_completion_that_another_thread_receives_is_taken_by_who_waits()
    {
        using var controller = Start();
        _model.RecordWrites = false;
        var pair = controller.Queues[0];
        var over = false;
        var drain = new Thread(() =>
        {
            while (!Volatile.Read(ref over))
            {
                _model.Release();
                pair.Queue.TryDrain();
            }
        });
        drain.Start();
        try
        {
            for (var i = 0; i < 2000; i++)
            {
                _model.Hold = true;
                Assert.True(pair.TrySubmitRead(0, 1, out var command));
                Assert.Equal(command, pair.Take().Command);
            }
        }
        finally
        {
            Volatile.Write(ref over, true);
            drain.Join();
        }
    }

    [Fact]
    public void A_controller_that_fails_or_goes_is_told_apart_from_a_slow_one()
    {
        using var controller = Start(Hasty);
        _model.Hold = true;
        _model.Fail();
        Assert.Contains("CFS", Assert.Throws<DeviceFailedException>(() => controller.Queues[0].Flush()).Message, StringComparison.Ordinal);
        _model.IsGone = true;
        Assert.Equal("CSTS", Assert.Throws<DeviceGoneException>(() => controller.Queues[0].Flush()).Register);
        Assert.Throws<DeviceGoneException>(controller.Quiesce);
        Assert.Throws<DeviceGoneException>(() => NvmeController.StartOn(Address, _model, Memory(), Options, null));
    }

    [Fact]
    public void A_completion_of_no_command_ends_the_queue()
    {
        using var controller = Start();
        var queue = controller.Queues[0];
        _model.Corrupt = static entry => BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(12), 3);
        Assert.Contains("belongs to no command: command 3", Assert.Throws<DeviceFailedException>(() => queue.Flush()).Message, StringComparison.Ordinal);
        _model.Corrupt = null;
        Assert.Throws<DeviceFailedException>(() => queue.Flush());
        controller.Queues[1].Flush();
        Assert.Throws<DeviceFailedException>(controller.Quiesce);
    }

    [Fact]
    public void A_controller_that_cannot_be_brought_up_is_left_disabled()
    {
        foreach (var (model, options, text) in ((NvmeModel, NvmeOptions, string)[])
        [
            (new NvmeModel(_memory) { NeverReady = true }, Options, "CSTS.RDY"),
            (new NvmeModel(_memory) { MaxEntries = 4 }, Options, "MQES"),
            (new NvmeModel(_memory) { GrantedPairs = 1 }, Options, "grants 1"),
            (new NvmeModel(_memory) { MetadataBytes = 8 }, Options, "8 bytes of metadata"),
            (new NvmeModel(_memory) { BlockShift = 13 }, Options, "2^13"),
            (new NvmeModel(_memory), Options with { NamespaceId = 4 }, "Invalid Namespace"),
        ])
        {
            var failure = Assert.ThrowsAny<Exception>(() => NvmeController.StartOn(Address, model, Memory(), options, null));
            Assert.Contains(text, failure.Message, StringComparison.Ordinal);
            Assert.Contains("0000:01:00.0", failure.Message, StringComparison.Ordinal);
            Assert.Equal(0U, model[0x14] & 1);
            Assert.True(model.IsDisposed);
        }

        Assert.Throws<ArgumentException>(() => NvmeController.StartOn(Address, _model, _memory.Allocate(4096, 0x7000_0000), Options, null));
        Assert.Throws<ArgumentException>(() => NvmeController.StartOn(Address, _model, _memory.Allocate(Options.RequiredMemory, 0x6000_0000, DmaAccess.Read), Options, null));
    }

    [Fact]
    public void Interrupts_are_waited_for_counted_and_missed()
    {
        using var controller = Start(Options with { CommandTimeout = TimeSpan.FromSeconds(1) }, interrupts: true);
        Assert.DoesNotContain(_model.Writes, write => write.Offset == 0x0c); // undefined with MSI-X on
        var queue = controller.Queues[1];
        Assert.Equal(2, queue.Vector);
        for (var i = 0; i < 10; i++) queue.Flush();
        Assert.Equal(10UL, queue.Statistics.Interrupts);
        Assert.Equal(0UL, controller.Queues[0].Statistics.Interrupts);

        _model.Hold = true;
        Assert.True(queue.TrySubmitFlush(out _));
        ReleaseSoon();
        queue.Check(queue.Take());
        Assert.Equal(11UL, queue.Statistics.Interrupts);

        // One that does not come is said, and the completion is not lost by that.
        _model.Hold = _model.LoseInterrupts = true;
        Assert.True(queue.TrySubmitFlush(out _));
        ReleaseSoon();
        Assert.Contains("interrupt on vector 2 did not come", Assert.Throws<DeviceTimeoutException>(() => queue.Take()).Message, StringComparison.Ordinal);
        Assert.True(queue.TryTake(out _));
    }

    [Fact]
    public void Quiescing_waits_refuses_and_is_undone()
    {
        using var controller = Start();
        var queue = controller.Queues[0];
        _model.Hold = true;
        Assert.True(queue.TrySubmitFlush(out var id));
        ReleaseSoon();
        controller.Quiesce();
        Assert.Equal(0, queue.InFlight);
        controller.Quiesce();
        Assert.Contains("quiesced", Assert.Throws<InvalidOperationException>(() => queue.TrySubmitFlush(out _)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => queue.Read(0, new byte[512]));

        // The result that came meanwhile is its owner's, and would be lost by a save.
        Assert.Contains("not taken", Assert.Throws<InvalidOperationException>(() => controller.Save(new ArrayBufferWriter<byte>())).Message, StringComparison.Ordinal);
        Assert.True(queue.TryTake(out var completion));
        Assert.Equal(id, completion.Command);
        Assert.NotEmpty(Save(controller));
        controller.Resume();
        queue.Flush();
        Assert.Throws<InvalidOperationException>(() => controller.Save(new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Quiescing_that_fails_leaves_the_controller_working()
    {
        using var controller = Start(Hasty);
        _model.Hold = true;
        Assert.True(controller.Queues[0].TrySubmitFlush(out _));
        Assert.IsAssignableFrom<TimeoutException>(Assert.Throws<DeviceTimeoutException>(controller.Quiesce));
        Assert.False(controller.IsQuiesced);
        _model.Release();
        controller.Queues[1].Flush();
        controller.Queues[0].Check(controller.Queues[0].Take());
        controller.Quiesce();
    }

    [Fact]
    public void A_continued_controller_writes_nothing_before_it_is_resumed_and_nothing_but_doorbells_after()
    {
        var memory = Memory();
        var controller = NvmeController.StartOn(Address, _model, memory, Options, null);
        var data = Pattern(512 * 33, 1);
        controller.Queues[0].Write(7, data);
        for (var i = 0; i < 13; i++) controller.Queues[1].Flush();
        controller.Quiesce();
        var state = Save(controller);
        var positions = controller.Queues.Select(queue => queue.Position).ToArray();
        controller.Dispose();

        _model.Writes.Clear();
        using var next = NvmeController.ContinueOn(Address, _model, memory, NvmeStateReader.Read(state), null, Options.CommandTimeout);
        Assert.Equal(positions, next.Queues.Select(queue => queue.Position));
        Assert.Equal(controller.Identity, next.Identity);
        Assert.Equal(controller.Namespace, next.Namespace);
        Assert.Throws<InvalidOperationException>(() => next.Queues[0].Flush());
        Assert.Empty(_model.Writes);
        next.Resume();
        var back = new byte[data.Length];
        next.Queues[0].Read(7, back);
        Assert.Equal(data, back);
        for (var i = 0; i < 50; i++) next.Queues[1].Flush();
        Assert.Equal(63UL, next.Queues[1].Statistics.Completed);
        Assert.False(next.CheckNotReset().WasReset);
        Assert.All(_model.Writes, write => Assert.True(write.Offset >= 0x1000, $"register 0x{write.Offset:x} was written"));

        // And is itself continued.
        next.Quiesce();
        var again = NvmeStateReader.Read(Save(next));
        Assert.Equal(63UL, again.Queues[1].Completed);
        Assert.True(again.TimestampSet);
    }

    [Theory]
    [InlineData(0x14, "CC")]
    [InlineData(0x1c, "CSTS")]
    [InlineData(0x24, "AQA")]
    [InlineData(0x2c, "ASQ")]
    [InlineData(0x30, "ACQ")]
    [InlineData(0x0c, "INTMS")]
    public void A_register_that_differs_is_named_and_nothing_is_written(uint offset, string register)
    {
        var (state, memory) = Saved();
        var saved = _model[offset];
        _model[offset] ^= 1;
        _model.Writes.Clear();
        var mismatch = Assert.Throws<DeviceMismatchException>(() => NvmeController.ContinueOn(Address, _model, memory, state, null, Options.CommandTimeout));
        Assert.Equal(register, mismatch.Field);
        Assert.Equal(Address, mismatch.Device);
        Assert.NotEqual(mismatch.Saved, mismatch.Found);
        Assert.Empty(_model.Writes);
        Assert.True(_model.IsDisposed);

        _model[offset] = saved;
        using var next = NvmeController.ContinueOn(Address, _model, memory, state, null, Options.CommandTimeout);
        next.Resume();
        next.Queues[0].Flush();
    }

    [Fact]
    public void Other_memory_is_refused()
    {
        var (state, memory) = Saved();
        string Refused(DmaMemory other) => Assert.Throws<DeviceMismatchException>(() => NvmeController.ContinueOn(Address, _model, other, state, null, Options.CommandTimeout)).Field;
        Assert.Equal("IOVA of the queues' memory", Refused(_memory.Allocate(memory.Length, 0x5000_0000)));
        Assert.Equal("length of the queues' memory", Refused(_memory.Allocate(memory.Length + 4096, Iova)));
        Assert.Equal("magic of the queues' memory", Refused(_memory.Allocate(memory.Length, Iova)));
        var id = memory.ReadUInt64(8);
        memory.WriteUInt64(8, id + 1);
        Assert.Equal("id of the queues' memory", Refused(memory));
        memory.WriteUInt64(8, id);
        // A completion that nobody has seen.
        var entry = state.Queues[0].CompletionOffset + (16 * state.Queues[0].CompletionHead) + 14;
        memory.WriteUInt16(entry, (ushort)(memory.ReadUInt16(entry) ^ 1));
        Assert.Contains("phase tag", Refused(memory), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(32)] // as many as make every index and phase tag look untouched
    [InlineData(64)]
    public void A_state_that_the_driver_has_gone_on_from_is_refused(int commands)
    {
        var (state, memory) = Saved();
        using (var controller = NvmeController.ContinueOn(Address, _model, memory, state, null, Options.CommandTimeout))
        {
            controller.Resume();
            for (var command = 0; command < commands; command++) controller.Queues[0].Flush();
        }

        var mismatch = Assert.Throws<DeviceMismatchException>(() => NvmeController.ContinueOn(Address, _model, memory, state, null, Options.CommandTimeout));
        Assert.Equal("commands given to queue 1", mismatch.Field);
        Assert.Equal(mismatch.Saved + (ulong)commands, mismatch.Found);
    }

    [Fact]
    public void A_reset_that_somebody_papered_over_is_found_by_the_timestamp()
    {
        var (state, memory) = Saved();
        var registers = Enumerable.Range(0, 16).Select(i => _model[(uint)(4 * i)]).ToArray();
        using var next = NvmeController.ContinueOn(Address, _model, memory, state, null, Options.CommandTimeout);
        next.Resume();
        Assert.False(next.CheckNotReset().WasReset);
        _model.Reset();
        Assert.True(new ResetEvidence(Address, [new("CC", state.Cc, _model[0x14], ClearedByReset: true)]).WasReset);
        // The same registers again, and so the same queues from their start; only the clock tells.
        memory.Bytes(state.Admin.CompletionOffset, 256).Clear();
        for (uint offset = 0x24; offset < 0x38; offset += 4) _model.WriteUInt32(offset, registers[offset / 4]);
        _model.WriteUInt32(0x0c, registers[0x0c / 4]);
        _model.WriteUInt32(0x14, registers[0x14 / 4]);
        var fresh = state.Clone();
        (fresh.Admin.SubmissionTail, fresh.Admin.CompletionHead, fresh.Admin.Phase) = (0, 0, true);
        fresh.Admin.Submitted = memory.ReadUInt64(NvmeMemoryLayout.HeaderSubmittedOffset);
        using var fooled = NvmeController.ContinueOn(Address, _model, memory, fresh, null, Options.CommandTimeout);
        fooled.Resume();
        var evidence = fooled.CheckNotReset();
        Assert.True(evidence.WasReset);
        Assert.Equal("Timestamp Origin", Assert.Single(evidence.Compared, compared => !compared.Matches).Register);
    }

    [Fact]
    public void Vectors_have_to_be_as_the_queues_were_created()
    {
        var (polled, memory) = Saved();
        var vectors = new[] { NewVector(), NewVector(), NewVector() };
        Assert.Throws<ArgumentException>(() => NvmeController.ContinueOn(Address, _model, memory, polled, vectors, Options.CommandTimeout));
        using var controller = Start(interrupts: true);
        controller.Quiesce();
        var interrupting = NvmeStateReader.Read(Save(controller));
        Assert.False(interrupting.HasIntms);
        Assert.Throws<ArgumentException>(() => NvmeController.ContinueOn(Address, _model, memory, interrupting, null, Options.CommandTimeout));
    }

    [Fact]
    public void A_state_that_was_cut_short_or_changed_is_refused()
    {
        using var controller = Start();
        controller.Queues[0].Flush();
        controller.Quiesce();
        var state = Save(controller);
        for (var length = 0; length < state.Length; length++)
        {
            var cut = state.AsSpan(0, length).ToArray();
            Assert.Throws<DriverStateException>(() => NvmeStateReader.Read(cut));
        }

        for (var bit = 0; bit < state.Length * 8; bit++)
        {
            var changed = (byte[])state.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<DriverStateException>(() => NvmeStateReader.Read(changed));
        }

        Assert.Throws<DriverStateException>(() => NvmeStateReader.Read([.. state, 0]));
        Assert.NotNull(NvmeStateReader.Read(state));
    }

    [Fact]
    public void A_state_with_a_value_out_of_range_is_refused_by_its_field()
    {
        var (good, _) = Saved();
        void Refused(string field, Action<NvmeState> change)
        {
            var bad = good.Clone();
            change(bad);
            var failure = Assert.Throws<DriverStateException>(() => NvmeStateReader.Read(Envelope(bad)));
            Assert.Equal(field, failure.Field);
            Assert.Equal("nvme", failure.Driver);
        }

        Assert.Equal(good, NvmeStateReader.Read(Envelope(good)));
        Refused("admin", static state => state.Admin = null);
        Refused("identity", static state => state.Identity = null);
        Refused("namespace", static state => state.Namespace = null);
        Refused("queues", static state => state.Queues.Clear());
        Refused("queues", static state => state.Queues.AddRange(Enumerable.Repeat(state.Queues[0], 127)));
        Refused("cc", static state => state.Cc = 0);
        Refused("csts", static state => state.Csts = 0);
        Refused("queues[1].submission_tail", static state => state.Queues[1].SubmissionTail = 5);
        Refused("queues[0].completion_head", static state => state.Queues[0].CompletionHead = 5);
        Refused("queues[0].entries", static state => state.Queues[0].Entries = 1);
        Refused("admin.entries", static state => state.Admin.Entries = uint.MaxValue);
        Refused("queues[0].bytes_per_command", static state => state.Queues[0].BytesPerCommand = 5000);
        Refused("layout", static state => state.Queues[0].DataOffset = state.Length - 4096);
        Refused("layout", static state => state.Queues[0].DataOffset = ulong.MaxValue - 4095);
        Refused("layout", static state => state.Queues[0].PrpOffset += 8);
        Refused("layout", static state => state.Queues[1].SubmissionOffset = state.Queues[0].DataOffset);
        Refused("layout", static state => state.Queues[1].CompletionOffset = 0);
        Refused("iova", static state => state.Iova = ulong.MaxValue - 4095);
        Refused("length", static state => state.Length = ulong.MaxValue);
        Refused("aqa", static state => state.Aqa++);
        Refused("asq", static state => state.Asq += 4096);
        Refused("acq", static state => state.Acq = 0);
        Refused("intms", static state => state.ClearIntms());
        Refused("vector", static state => state.Queues[0].Vector = 1);
        Refused("admin.vector", static state => state.Admin.Vector = 0);
        Refused("queues[0].vector", static state => state.Queues[0].Vector = 2048);
        Refused("namespace.id", static state => state.Namespace.Id = 0);
        Refused("namespace.blocks", static state => state.Namespace.Blocks = 0);
        Refused("namespace.block_bytes", static state => state.Namespace.BlockBytes = 520);
        Refused("identity.max_transfer_bytes", static state => state.Identity.MaxTransferBytes = 4097);
        Refused("identity", static state => state.Identity.Model = new string('x', 41));
    }

    [Fact]
    public void A_newer_state_is_read_if_it_allows_that()
    {
        var (state, _) = Saved();
        var newer = new ArrayBufferWriter<byte>();
        StateEnvelope.Write(newer, version: 9, oldestReader: 1, state);
        Assert.Equal(state, NvmeStateReader.Read(newer.WrittenSpan));
        newer.Clear();
        StateEnvelope.Write(newer, version: 9, oldestReader: 2, state);
        Assert.Contains("version 2", Assert.Throws<DriverStateException>(() => NvmeStateReader.Read(newer.WrittenSpan)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shutting_down_deletes_the_queues_announces_and_disables()
    {
        using var controller = Start();
        _model.Writes.Clear();
        controller.Shutdown();
        var configurations = _model.Writes.Where(write => write.Offset == 0x14).Select(write => write.Value).ToArray();
        Assert.Equal(2, configurations.Length);
        Assert.Equal(1U, configurations[0] >> 14 & 3);
        Assert.Equal(0U, configurations[1] & 1);
        Assert.Throws<InvalidOperationException>(() => controller.Queues[0].Flush());
        Assert.Throws<ObjectDisposedException>(() => controller.Resume());
    }

    [Fact]
    public void Submitting_and_taking_allocates_nothing()
    {
        using var controller = Start(interrupts: false);
        var queue = controller.Queues[0];
        var buffer = new byte[512];
        _model.RecordWrites = false;
        var allocated = 0L;
        for (var i = 0; i < 200; i++)
        {
            // What the model allocates is not the driver's: it works between the measurements.
            var before = GC.GetAllocatedBytesForCurrentThread();
            _model.IsDeaf = true;
            queue.TrySubmitRead(1, 1, out _);
            queue.TrySubmitWrite(2, buffer, out _);
            var submitted = GC.GetAllocatedBytesForCurrentThread();
            _model.Hear();
            var heard = GC.GetAllocatedBytesForCurrentThread();
            var first = queue.Take();
            queue.Check(first);
            queue.Data(first).CopyTo(buffer);
            queue.Check(queue.Take());
            var taken = GC.GetAllocatedBytesForCurrentThread();
            if (i >= 100) allocated += submitted - before + (taken - heard);
        }

        Assert.Equal(0, allocated);
    }

    private static byte[] Pattern(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Save(NvmeController controller)
    {
        var state = new ArrayBufferWriter<byte>();
        controller.Save(state);
        return state.WrittenSpan.ToArray();
    }

    private static byte[] Envelope(NvmeState state)
    {
        var bytes = new ArrayBufferWriter<byte>();
        StateEnvelope.Write(bytes, NvmeStateReader.Version, NvmeStateReader.Version, state);
        return bytes.WrittenSpan.ToArray();
    }

    private DmaMemory Memory() => _memory.Allocate(Options.RequiredMemory, Iova);

    private EventFd NewVector()
    {
        var vector = EventFd.Create();
        _vectors.Add(vector);
        return vector;
    }

    // By a thread of its own: a timer waits for one of the pool's, which other tests keep busy for longer than a command may take.
    private void ReleaseSoon() => new Thread(() =>
    {
        Thread.Sleep(20);
        _model.Release();
    }).Start();

    private NvmeController Start(NvmeOptions? options = null, bool interrupts = false)
    {
        var memory = Memory();
        if (!interrupts) return NvmeController.StartOn(Address, _model, memory, options ?? Options, null);
        var vectors = new[] { NewVector(), NewVector(), NewVector() };
        _model = new NvmeModel(_memory) { Vectors = vectors };
        return NvmeController.StartOn(Address, _model, memory, options ?? Options, vectors);
    }

    private (NvmeState State, DmaMemory Memory) Saved()
    {
        var memory = Memory();
        using var controller = NvmeController.StartOn(Address, _model, memory, Options, null);
        for (var i = 0; i < 7; i++) controller.Queues[0].Flush();
        controller.Quiesce();
        return (NvmeStateReader.Read(Save(controller)), memory);
    }
}
