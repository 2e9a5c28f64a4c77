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
    public void Its_length_is_what_it_has_grown_to()
    {
        using var memory = MemFd.Create("grows", PageSize.Bytes, MemFdSeals.None);
        memory.Fd.WriteExactlyAt([1], PageSize.Bytes);
        memory.AddSeals(MemFdSeals.FixedSize);
        Assert.Equal(PageSize.Bytes + 1, memory.Length);
    }

    [Fact]
    public void Whoever_takes_a_descriptor_over_leaves_the_file_s_position_alone()
    {
        using var memory = MemFd.Create("read on", PageSize.Bytes);
        memory.Fd.WriteExactlyAt([1, 2], 0);
        var read = new byte[1];
        Assert.Equal(1, memory.Fd.Read(read));
        using var same = MemFd.Adopt(memory.Fd.Duplicate());
        Assert.Equal(PageSize.Bytes, same.Length);
        Assert.Equal(1, memory.Fd.Read(read));
        Assert.Equal(2, read[0]);
    }

    [Fact]
    public void Descriptors_of_one_memory_are_told_from_those_of_another_by_the_same_name()
    {
        using var memory = MemFd.Create("twin", PageSize.Bytes);
        using var same = MemFd.Adopt(memory.Fd.Duplicate());
        using var other = MemFd.Create("twin", PageSize.Bytes);
        Assert.True(memory.IsSameAs(same));
        Assert.False(memory.IsSameAs(other));
        Assert.Contains(memory.FindUsers(), static user => user.ProcessId == Environment.ProcessId);
    }

    [Fact]
    public void Who_has_memory_only_mapped_is_found()
    {
        const string Target = "/memfd:mapped alone (deleted)";
        var memory = MemFd.Create("mapped alone", PageSize.Bytes);
        Mono.Unix.Native.Stat status;
        using (var lease = memory.Fd.Lease()) Assert.Equal(0, Mono.Unix.Native.Syscall.fstat(lease.Number, out status));
        using (memory.Map())
        {
            memory.Dispose();
            Assert.Equal([Environment.ProcessId], FileHolder.FindUsers(Target, status).Select(static user => user.ProcessId));
        }

        Assert.Empty(FileHolder.FindUsers(Target, status));
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
