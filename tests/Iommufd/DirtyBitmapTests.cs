using Devices.Iommufd;

namespace Devices.Tests.Iommufd;

public class DirtyBitmapTests
{
    private const ulong Page = 4096;
    private static readonly Iova At = new(0x1_0000_0000);

    [Theory]
    [InlineData(0x1000UL, 0x1000UL, 3UL)]
    [InlineData(0x1000UL, 0x1000UL, 0UL)]
    [InlineData(0x800UL, 0x1000UL, 0x1000UL)]
    [InlineData(0x1000UL, 0x1800UL, 0x1000UL)]
    [InlineData(0UL, ulong.MaxValue, 1UL)]
    public void A_range_consists_of_whole_pages_and_not_too_many(ulong first, ulong length, ulong pageSize)
        => Assert.Throws<ArgumentException>(() => new DirtyBitmap(IovaRange.OfLength(new Iova(first), length), pageSize));

    [Fact]
    public void The_bits_lie_as_the_kernel_sets_them()
    {
        var bitmap = new DirtyBitmap(IovaRange.OfLength(At, 130 * Page), Page);
        Assert.Equal(3, bitmap.Words.Length);
        bitmap.Words[1] = 1UL << 5;
        Assert.True(bitmap.IsDirty(At + (69 * Page)));
        Assert.True(bitmap.IsDirty(At + (70 * Page) - 1));
        Assert.False(bitmap.IsDirty(At + (70 * Page)));
        bitmap.MarkDirty(At + (129 * Page) + 17);
        Assert.Equal(2UL, bitmap.Words[2]);
        Assert.Equal(2UL, bitmap.DirtyCount);
        bitmap.Clear();
        Assert.Equal(0UL, bitmap.DirtyCount);
    }

    [Fact]
    public void Addresses_outside_are_refused()
    {
        var bitmap = new DirtyBitmap(IovaRange.OfLength(At, 2 * Page), Page);
        Assert.Throws<ArgumentOutOfRangeException>(() => bitmap.IsDirty(At - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => bitmap.MarkDirty(At + (2 * Page)));
    }

    [Fact]
    public void Neighbours_are_joined_over_words()
    {
        var bitmap = new DirtyBitmap(IovaRange.OfLength(At, 200 * Page), Page);
        Assert.Empty(bitmap.DirtyRanges());
        ulong[] pages = [0, 62, 63, 64, 65, 128, 199];
        foreach (var page in pages) bitmap.MarkDirty(At + (page * Page));
        Assert.Equal(
            [
                IovaRange.OfLength(At, Page),
                IovaRange.OfLength(At + (62 * Page), 4 * Page),
                IovaRange.OfLength(At + (128 * Page), Page),
                IovaRange.OfLength(At + (199 * Page), Page),
            ],
            bitmap.DirtyRanges());
        for (var page = 0UL; page < 200; page++) bitmap.MarkDirty(At + (page * Page));
        Assert.Equal([bitmap.Range], bitmap.DirtyRanges());
    }

    [Fact]
    public void The_whole_address_space_has_a_bitmap()
    {
        var everything = new IovaRange(new Iova(0), new Iova(ulong.MaxValue));
        var bitmap = new DirtyBitmap(everything, 1UL << 57);
        Assert.Equal(128UL, bitmap.PageCount);
        bitmap.Words.Fill(ulong.MaxValue);
        Assert.Equal([everything], bitmap.DirtyRanges());
        Assert.True(bitmap.IsDirty(new Iova(ulong.MaxValue)));
    }

    [Fact]
    public void Marks_of_the_same_pages_are_joined()
    {
        var range = IovaRange.OfLength(At, 4 * Page);
        var (one, other) = (new DirtyBitmap(range, Page), new DirtyBitmap(range, Page));
        one.MarkDirty(At);
        other.MarkDirty(At + Page);
        one.UnionWith(other);
        Assert.Equal([IovaRange.OfLength(At, 2 * Page)], one.DirtyRanges());
        Assert.Equal(1UL, other.DirtyCount);
        Assert.Throws<ArgumentException>(() => one.UnionWith(new DirtyBitmap(range, 2 * Page)));
        Assert.Throws<ArgumentException>(() => one.UnionWith(new DirtyBitmap(IovaRange.OfLength(At + Page, 4 * Page), Page)));
    }
}
