using Devices.Iommufd;
using Devices.Linux;

namespace Devices.HwTests.Iommufd;

/// <summary>An iommufd in two hands: what one leaves, the other takes over.</summary>
public sealed class AdoptionTests : IDisposable
{
    private static readonly ulong Page = (ulong)PageSize.Bytes;
    private static readonly Iova At = new(0x2000_0000);

    private readonly IommuContext _first = IommuContext.Open();
    private readonly IommuContext _second;

    public AdoptionTests()
    {
        var (near, far) = UnixChannel.Pair();
        using (near)
        using (far)
        {
            near.Send("iommufd"u8, _first.Fd);
            using var fd = Assert.Single(far.Receive(new byte[16]).Descriptors);
            _second = IommuContext.FromFd(fd);
        }
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public void What_was_left_is_there_for_the_next()
    {
        var before = _first.CreateIoas();
        var left = DmaMemory.Allocate(before, "left", 4 * Page, At);
        left.WriteUInt64(0x100, 0x0123_4567_89AB_CDEF);
        var memfd = left.File.Fd.Duplicate();
        left.Leave();
        var id = before.Id;
        before.Leave();
        Assert.Throws<ObjectDisposedException>(() => before.AllowedRanges);
        _first.Dispose();

        using var after = _second.AdoptIoas(id);
        Assert.Empty(after.Mappings);
        var mapping = after.AdoptMapping(IovaRange.OfLength(At, 4 * Page), DmaAccess.ReadWrite, new FileBacking(MemFd.Adopt(memfd), 0));
        using var memory = DmaMemory.Adopt(mapping);
        Assert.Equal(0x0123_4567_89AB_CDEFUL, memory.ReadUInt64(0x100));
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => DmaMemory.Allocate(after, "clash", Page, At)).Errno);
        memory.Dispose();
        using var now = DmaMemory.Allocate(after, "free again", Page, At);
        Assert.Equal(At, now.Iova);
    }

    [Fact]
    public void What_is_not_mapped_cannot_be_adopted()
    {
        var before = _first.CreateIoas();
        using var memory = DmaMemory.Allocate(before, "readable", Page, At, DmaAccess.Read);
        using var after = _second.AdoptIoas(before.Id);
        using var file = memory.File.Fd.Duplicate();
        using var twoPages = MemFd.Create("two pages", (long)(2 * Page));
        Errno Refused(Iova at, ulong length, DmaAccess access)
            => Assert.Throws<LinuxException>(() => after.AdoptMapping(IovaRange.OfLength(at, length), access, new FileBacking(twoPages, 0))).Errno;
        Assert.Equal(Errno.ENOENT, Refused(At + Page, Page, DmaAccess.Read));
        Assert.Equal(Errno.ENOENT, Refused(At, 2 * Page, DmaAccess.Read));
        Assert.Equal(Errno.EPERM, Refused(At, Page, DmaAccess.ReadWrite));
        Assert.Empty(after.Mappings);
    }

    [Fact]
    public void Disposing_what_was_adopted_leaves_it_to_its_owner()
    {
        var before = _first.CreateIoas();
        using var memory = DmaMemory.Allocate(before, "kept", Page, At);
        using (_second.AdoptIoas(before.Id))
        {
        }

        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => DmaMemory.Allocate(before, "clash", Page, At)).Errno);
    }

    [Fact]
    public void An_unmap_behind_the_owner_s_back_is_told()
    {
        var before = _first.CreateIoas();
        var memory = DmaMemory.Allocate(before, "mine", Page, At);
        using var after = _second.AdoptIoas(before.Id);
        Assert.Equal(Page, after.UnmapAll());
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(memory.Dispose).Errno);
        memory.Leave();
    }
}
