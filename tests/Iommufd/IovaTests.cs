using Devices.Iommufd;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Iommufd;

public class IovaTests
{
    // Near both ends as often as anywhere: that is where arithmetic goes wrong.
    internal static Arbitrary<ulong> Values { get; } = Arb.From(Gen.OneOf(
        Gen.Choose(0, 100).Select(n => (ulong)n),
        Gen.Choose(0, 100).Select(n => ulong.MaxValue - (ulong)n),
        ArbMap.Default.GeneratorFor<ulong>()));

    private static Arbitrary<ulong> Alignments { get; } = Arb.From(Gen.Choose(0, 63).Select(shift => 1UL << shift));

    [Fact]
    public void Sums_are_exact_or_throw() =>
        Prop.ForAll(Values, Values, static (address, bytes) =>
        {
            var exact = (UInt128)address + bytes;
            if (exact > ulong.MaxValue) Assert.Throws<OverflowException>(() => new Iova(address) + bytes);
            else Assert.Equal((ulong)exact, (new Iova(address) + bytes).Value);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Differences_are_exact_or_throw() =>
        Prop.ForAll(Values, Values, static (left, right) =>
        {
            if (right > left)
            {
                Assert.Throws<OverflowException>(() => new Iova(left) - right);
                Assert.Throws<OverflowException>(() => new Iova(left) - new Iova(right));
            }
            else
            {
                Assert.Equal(left - right, new Iova(left) - new Iova(right));
                Assert.Equal(new Iova(left), new Iova(right) + (new Iova(left) - new Iova(right)));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Alignment_gives_the_nearest_multiple() =>
        Prop.ForAll(Values, Alignments, static (value, alignment) =>
        {
            var exactUp = ((UInt128)value + alignment - 1) / alignment * alignment;
            var down = new Iova(value).AlignDown(alignment);
            Assert.Equal(value / alignment * alignment, down.Value);
            Assert.True(down.IsAligned(alignment));
            Assert.Equal(value % alignment == 0, new Iova(value).IsAligned(alignment));
            if (exactUp > ulong.MaxValue) Assert.Throws<OverflowException>(() => new Iova(value).AlignUp(alignment));
            else Assert.Equal((ulong)exactUp, new Iova(value).AlignUp(alignment).Value);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0UL)]
    [InlineData(3UL)]
    [InlineData(0x1001UL)]
    public void An_alignment_is_a_power_of_two(ulong alignment)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Iova(0).AlignUp(alignment));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Iova(0).AlignDown(alignment));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Iova(0).IsAligned(alignment));
    }

    [Fact]
    public void It_is_written_in_hexadecimal()
    {
        Assert.Equal("0x100000000", new Iova(0x1_0000_0000).ToString());
        Assert.Equal("at 0xff", $"at {new Iova(255)}");
        Span<char> room = stackalloc char[3];
        Assert.False(new Iova(255).TryFormat(room, out _, default, null));
    }

    [Fact]
    public void Ranges_answer_as_sets_of_addresses_do() =>
        Prop.ForAll(Ranges, Ranges, static (left, right) =>
        {
            var a = Enumerable.Range((int)left.First.Value, (int)left.Length).ToHashSet();
            var b = Enumerable.Range((int)right.First.Value, (int)right.Length).ToHashSet();
            Assert.Equal(a.Overlaps(b), left.Overlaps(right));
            Assert.Equal(b.IsSubsetOf(a), left.Contains(right));
            Assert.Equal(a.Contains((int)right.First.Value), left.Contains(right.First));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_range_knows_its_length_up_to_that_of_all_addresses()
    {
        Assert.Equal(UInt128.One << 64, new IovaRange(new Iova(0), new Iova(ulong.MaxValue)).Length);
        Assert.Equal(new IovaRange(new Iova(0x1000), new Iova(0x1FFF)), IovaRange.OfLength(new Iova(0x1000), 0x1000));
        Assert.Equal(new Iova(ulong.MaxValue), IovaRange.OfLength(new Iova(ulong.MaxValue), 1).Last);
        Assert.Throws<OverflowException>(() => IovaRange.OfLength(new Iova(ulong.MaxValue), 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => IovaRange.OfLength(new Iova(0), 0));
        Assert.Throws<ArgumentException>(() => new IovaRange(new Iova(2), new Iova(1)));
    }

    private static Arbitrary<IovaRange> Ranges { get; } = Arb.From(
        from first in Gen.Choose(0, 40)
        from length in Gen.Choose(1, 20)
        select IovaRange.OfLength(new Iova((ulong)first), (ulong)length));
}
