using Devices.Linux;

namespace Devices.Tests.Linux;

public sealed class MemoryTests
{
    [Fact]
    public void A_memfd_is_fixed_in_size_unless_asked_otherwise()
    {
        using var memory = MemFd.Create("fixed", 3 * PageSize.Bytes);
        Assert.Equal(MemFdSeals.FixedSize, memory.Seals);
        Assert.Equal(3 * PageSize.Bytes, memory.Fd.Length);
        Assert.Equal(Errno.EPERM, Assert.Throws<LinuxException>(() => memory.AddSeals(MemFdSeals.Write)).Errno);
    }

    [Fact]
    public void A_memfd_that_can_shrink_is_not_mapped()
    {
        using var memory = MemFd.Create("loose", PageSize.Bytes, MemFdSeals.None);
        Assert.Throws<InvalidOperationException>(() => memory.Map());
    }

    [Fact]
    public void Another_file_is_no_memfd_and_is_closed()
    {
        var file = FileDescriptor.Open("/dev/null", OpenMode.ReadOnly);
        Assert.Throws<LinuxException>(() => MemFd.Adopt(file));
        Assert.True(file.IsClosed);
    }

    [Fact]
    public void Mappings_of_one_memfd_share_their_bytes()
    {
        using var memory = MemFd.Create("shared", 2 * PageSize.Bytes);
        using var whole = memory.Map();
        using var second = memory.Map(PageSize.Bytes, (nuint)PageSize.Bytes);
        second.WriteUInt64(8, 0x0123_4567_89ab_cdef);
        Assert.Equal(0x89ab_cdefU, whole.ReadUInt32((nuint)PageSize.Bytes + 8));
        Assert.Equal(0x4567, whole.ReadUInt16((nuint)PageSize.Bytes + 12));
        Assert.Equal(0x01, whole.ReadUInt8((nuint)PageSize.Bytes + 15));
    }

    [Theory]
    [InlineData(0x1000)]
    [InlineData(0xffd)]
    [InlineData(2)]
    [InlineData(ulong.MaxValue - 3)]
    public void Access_outside_or_misaligned_throws(ulong offset)
    {
        using var mapping = MemoryMapping.Anonymous(0x1000);
        Assert.Throws<ArgumentOutOfRangeException>(() => mapping.ReadUInt32((nuint)offset));
        Assert.Throws<ArgumentOutOfRangeException>(() => mapping.WriteUInt32((nuint)offset, 1));
    }

    [Fact]
    public void Access_after_disposal_throws()
    {
        var mapping = MemoryMapping.Anonymous(0x1000);
        mapping.Dispose();
        Assert.Throws<ObjectDisposedException>(() => mapping.ReadUInt32(0));
        Assert.Throws<ObjectDisposedException>(() => mapping.Span(0, 1)[0]);
    }

    [Fact]
    public void A_map_beyond_the_file_is_refused_before_it_can_raise_SIGBUS()
    {
        using var memory = MemFd.Create("short", PageSize.Bytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Map(0, (nuint)(2 * PageSize.Bytes)));
    }
}
