using System.Buffers.Binary;
using Devices.Drivers;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Drivers;

public class NvmeRingTests
{
    private static readonly Arbitrary<int> Entries = Gen.Choose(2, 40).ToArbitrary();
    private static readonly Arbitrary<int> Steps = Gen.Choose(0, 300).ToArbitrary();

    [Fact]
    public void A_submission_ring_wraps_like_a_count()
        => Prop.ForAll(Entries, Steps, static (entries, steps) =>
        {
            var ring = new SubmissionRing(entries, 0);
            for (var i = 0; i < steps; i++) ring.Advance();
            return ring.Tail == steps % entries;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_completion_ring_wraps_and_turns_its_phase_like_a_count()
        => Prop.ForAll(Entries, Steps, static (entries, steps) =>
        {
            var ring = new CompletionRing(entries, 0, phase: true);
            for (var i = 0; i < steps; i++) ring.Advance();
            var phase = steps / entries % 2 == 0;
            return ring.Head == steps % entries && ring.Phase == phase && ring.IsNew((ushort)(phase ? 0xffff : 0xfffe)) && !ring.IsNew((ushort)(phase ? 0 : 1));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_ring_goes_on_from_where_another_stopped()
        => Prop.ForAll(Entries, Steps, Steps, static (entries, before, after) =>
        {
            var whole = new CompletionRing(entries, 0, phase: true);
            for (var i = 0; i < before; i++) whole.Advance();
            var next = new CompletionRing(entries, whole.Head, whole.Phase);
            for (var i = 0; i < after; i++)
            {
                whole.Advance();
                next.Advance();
            }

            return (whole.Head, whole.Phase) == (next.Head, next.Phase);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Slots_come_out_as_they_went_in()
        => Prop.ForAll(Gen.Choose(1, 9).ToArbitrary(), ArbMap.Default.ArbFor<bool[]>(), static (capacity, actions) =>
        {
            var fifo = new SlotFifo(capacity);
            var model = new Queue<ushort>();
            ushort next = 0;
            foreach (var add in actions)
            {
                if (add && model.Count < capacity)
                {
                    fifo.Add(next);
                    model.Enqueue(next++);
                }
                else if (!add && (fifo.TryTake(out var slot) != model.TryDequeue(out var expected) || slot != expected))
                {
                    return false;
                }
            }

            return fifo.Count == model.Count;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_full_fifo_says_so()
    {
        var fifo = new SlotFifo(1);
        fifo.Add(1);
        Assert.Throws<InvalidOperationException>(() => fifo.Add(2));
    }

    [Fact]
    public void PRPs_name_every_byte_of_the_buffer_and_no_other()
        => Prop.ForAll(Gen.Choose(0, 40_000).ToArbitrary(), Gen.Choose(1, PrpBuilder.MaxBytes).ToArbitrary(), static (quads, bytes) =>
        {
            var address = 0x7_0000_0000UL + (4UL * (ulong)quads);
            const ulong ListAddress = 0x5000;
            var list = new byte[PrpBuilder.PageBytes];
            list.AsSpan().Fill(0xee);
            var (prp1, prp2) = PrpBuilder.Build(address, bytes, list, ListAddress);

            // Read as a controller reads them.
            var pages = (int)((address % 4096) + (ulong)bytes + 4095) / 4096;
            var (covered, next) = (0, prp1);
            for (var page = 0; page < pages; page++)
            {
                if (page == 1 && pages == 2) next = prp2;
                else if (page >= 1) next = BinaryPrimitives.ReadUInt64LittleEndian(list.AsSpan(8 * (page - 1)));
                if (next != address + (ulong)covered || (page > 0 && next % 4096 != 0)) return false;
                covered += Math.Min(bytes - covered, 4096 - (int)(next % 4096));
            }

            var entries = pages > 2 ? pages - 1 : 0;
            return covered == bytes
                && prp2 == (pages > 2 ? ListAddress : pages == 2 ? (address | 4095) + 1 : 0)
                && list.AsSpan(8 * entries).IndexOfAnyExcept((byte)0xee) < 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void PRPs_of_wrong_buffers_are_refused()
    {
        var list = new byte[PrpBuilder.PageBytes];
        Assert.Throws<ArgumentException>(() => PrpBuilder.Build(2, 512, list, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => PrpBuilder.Build(0, 0, list, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => PrpBuilder.Build(0, PrpBuilder.MaxBytes + 1, list, 0));
        Assert.Throws<OverflowException>(() => PrpBuilder.Build(ulong.MaxValue - 4095, 3 * 4096, list, 0));
    }

    [Fact]
    public void Memory_is_laid_out_without_overlap()
        => Prop.ForAll(Gen.Choose(1, 128).ToArbitrary(), Gen.Choose(2, 300).ToArbitrary(), Gen.Choose(1, 32).ToArbitrary(), static (pairs, entries, pages) =>
        {
            var options = new NvmeOptions { QueuePairs = pairs, QueueEntries = entries, BytesPerCommand = pages * 4096 };
            var layout = NvmeMemoryLayout.For(options);
            return layout.FindFault(layout.Length) is null && layout.FindFault(layout.Length - 4096) is not null && layout.Length == options.RequiredMemory;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, 32, 4096)]
    [InlineData(129, 32, 4096)]
    [InlineData(1, 1, 4096)]
    [InlineData(1, 4097, 4096)]
    [InlineData(1, 32, 0)]
    [InlineData(1, 32, 6144)]
    [InlineData(1, 32, PrpBuilder.MaxBytes + 4096)]
    public void Options_out_of_range_are_refused(int pairs, int entries, int bytes)
        => Assert.Throws<InvalidOperationException>(() => new NvmeOptions { QueuePairs = pairs, QueueEntries = entries, BytesPerCommand = bytes }.RequiredMemory);

    [Fact]
    public void A_status_is_decoded()
    {
        var status = new NvmeStatus(0x4080);
        Assert.Equal((0, 0x80, true, false), (status.Type, status.Code, status.DoNotRetry, status.IsSuccess));
        Assert.Equal("LBA Out of Range (SCT 0, SC 0x80, do not retry)", status.ToString());
        Assert.Equal("Invalid Interrupt Vector (SCT 1, SC 0x08)", new NvmeStatus(0x108).ToString());
        Assert.Equal("status type 7, code 0x42", new NvmeStatus(0x742).Name);
        Assert.True(new NvmeStatus(0x2000).IsSuccess);
    }

    [Fact]
    public void Capabilities_are_decoded()
    {
        // MQES 2047, TO 15, DSTRD 2, CSS NVM, MPSMIN 0, MPSMAX 4.
        var capabilities = new NvmeCapabilities(0x07ffUL | (15UL << 24) | (2UL << 32) | (1UL << 37) | (4UL << 52));
        Assert.Equal(2048, capabilities.MaxQueueEntries);
        Assert.Equal(TimeSpan.FromSeconds(7.5), capabilities.ReadyTimeout);
        Assert.Equal(16, capabilities.DoorbellStride);
        Assert.True(capabilities.HasNvmCommandSet);
        Assert.Equal((4096, 65536), (capabilities.MinPageBytes, capabilities.MaxPageBytes));
    }
}
