using Devices.Iommufd;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Iommufd;

public class IovaAllocatorTests
{
    private const ulong Granule = 0x1000;
    private const int Pages = 64;

    /// <summary>What happens to the allocator: a kind and two small numbers whose meaning it decides.</summary>
    public sealed record Step(int Kind, int A, int B);

    private static Arbitrary<Step[]> Histories { get; } = Arb.From(
        Gen.ArrayOf(
            from kind in Gen.Choose(0, 2)
            from a in Gen.Choose(0, Pages)
            from b in Gen.Choose(0, 6)
            select new Step(kind, a, b)),
        steps => Enumerable.Range(0, steps.Length).Select(drop => steps.Where((_, i) => i != drop).ToArray()));

    // Pages 0-23 and 32-63 are allowed, 24-31 are not.
    private static readonly IovaRange[] Allowed = [Range(0, 24), Range(32, 32)];

    /// <summary>Against a model that is an array of pages, searched from below.</summary>
    [Fact]
    public void It_does_what_a_page_by_page_model_does() =>
        Prop.ForAll(Histories, static steps =>
        {
            var allocator = new IovaAllocator(Allowed, Granule);
            var model = new bool?[Pages];
            foreach (var allowed in Allowed)
                for (var page = (int)(allowed.First.Value / Granule); page <= (int)(allowed.Last.Value / Granule); page++) model[page] = false;
            var taken = new List<IovaRange>();

            foreach (var step in steps)
            {
                switch (step.Kind)
                {
                    case 0:
                        var length = (step.A % 9) + 1;
                        var alignment = 1 << step.B;
                        var start = Find(model, length, alignment);
                        var got = allocator.TryAllocate((ulong)length * Granule, out var range, (ulong)alignment * Granule);
                        Assert.Equal(start is not null, got);
                        if (start is not { } page) break;
                        Assert.Equal(Range(page, length), range);
                        Fill(model, range, true);
                        taken.Add(range);
                        break;
                    case 1:
                        var wanted = Range(step.A, step.B + 1);
                        if (Enumerable.Range(step.A, step.B + 1).All(p => p < Pages && model[p] == false))
                        {
                            allocator.Reserve(wanted);
                            Fill(model, wanted, true);
                            taken.Add(wanted);
                        }
                        else
                        {
                            Assert.Throws<InvalidOperationException>(() => allocator.Reserve(wanted));
                        }

                        break;
                    default:
                        if (taken.Count == 0) break;
                        var back = taken[step.A % taken.Count];
                        allocator.Release(back);
                        Assert.Throws<InvalidOperationException>(() => allocator.Release(back));
                        Fill(model, back, false);
                        taken.Remove(back);
                        break;
                }

                Assert.Equal(FreeOf(model), allocator.Free);
                Assert.Equal(taken.OrderBy(range => range.First), allocator.Taken);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Ranges_are_trimmed_to_whole_granules()
    {
        IovaRange[] ragged =
        [
            new(new Iova(0x1001), new Iova(0x3FFE)), // 0x2000-0x2fff
            new(new Iova(0x5000), new Iova(0x5FFE)), // nothing whole
            new(new Iova(0x7000), new Iova(0x7FFF)),
        ];
        Assert.Equal([Range(2, 1), Range(7, 1)], new IovaAllocator(ragged, Granule).Free);
    }

    [Fact]
    public void The_last_address_can_be_allocated()
    {
        var top = new IovaRange(new Iova(ulong.MaxValue - 0x1FFF), new Iova(ulong.MaxValue));
        var allocator = new IovaAllocator([top], Granule);
        Assert.Equal(new Iova(ulong.MaxValue - 0x1FFF), allocator.Allocate(Granule).First);
        Assert.Equal(new Iova(ulong.MaxValue), allocator.Allocate(Granule).Last);
        Assert.False(allocator.TryAllocate(Granule, out _));
        allocator.Release(new IovaRange(new Iova(ulong.MaxValue - 0xFFF), new Iova(ulong.MaxValue)));
        allocator.Release(new IovaRange(new Iova(ulong.MaxValue - 0x1FFF), new Iova(ulong.MaxValue - 0x1000)));
        Assert.Equal([top], allocator.Free);
    }

    [Fact]
    public void All_addresses_are_a_range_like_any_other()
    {
        var allocator = new IovaAllocator([new IovaRange(new Iova(0), new Iova(ulong.MaxValue))], Granule);
        Assert.Equal(new Iova(Granule), allocator.Allocate(Granule).First);
        allocator.Reserve(Range(0, 1));
        Assert.Equal(new Iova(1UL << 62), allocator.Allocate(Granule, 1UL << 62).First);
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        var allocator = new IovaAllocator(Allowed, Granule);
        Assert.Throws<ArgumentOutOfRangeException>(() => allocator.Allocate(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => allocator.Allocate(Granule + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => allocator.Allocate(Granule, 3));
        Assert.Throws<ArgumentException>(() => allocator.Reserve(new IovaRange(new Iova(0x1001), new Iova(0x1FFF))));
        Assert.Throws<ArgumentException>(() => allocator.Reserve(new IovaRange(new Iova(0x1000), new Iova(0x1FFE))));
        Assert.Throws<ArgumentException>(() => new IovaAllocator([Range(1, 4), Range(3, 4)], Granule));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IovaAllocator(Allowed, 24));
        Assert.Contains("longest", Assert.Throws<InvalidOperationException>(() => allocator.Allocate(100 * Granule)).Message, StringComparison.Ordinal);
    }

    private static IovaRange Range(int page, int pages) => IovaRange.OfLength(new Iova((ulong)page * Granule), (ulong)pages * Granule);

    // Page 0 is never allocated, though it can be reserved.
    private static int? Find(bool?[] model, int length, int alignment)
    {
        for (var start = 1; start + length <= Pages; start++)
            if (start % alignment == 0 && Enumerable.Range(start, length).All(page => model[page] == false)) return start;
        return null;
    }

    private static void Fill(bool?[] model, IovaRange range, bool taken)
    {
        for (var page = range.First.Value / Granule; page <= range.Last.Value / Granule; page++) model[page] = taken;
    }

    private static List<IovaRange> FreeOf(bool?[] model)
    {
        var free = new List<IovaRange>();
        for (var page = 0; page < Pages;)
        {
            var end = page;
            while (end < Pages && model[end] == false) end++;
            if (end > page) free.Add(Range(page, end - page));
            page = Math.Max(end, page + 1);
        }

        return free;
    }
}
