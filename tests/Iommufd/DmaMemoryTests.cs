using Devices.Iommufd;
using Devices.Linux;
using Moq;

namespace Devices.Tests.Iommufd;

public class DmaMemoryTests
{
    private static readonly ulong Page = (ulong)PageSize.Bytes;

    private readonly Mock<IDmaMapper> _mapper = new(MockBehavior.Strict);

    public DmaMemoryTests() =>
        _mapper.Setup(mapper => mapper.MapFile(It.IsAny<MemFd>(), It.IsAny<long>(), It.IsAny<ulong>(), It.IsAny<Iova?>(), It.IsAny<DmaAccess>()))
            .Returns((MemFd file, long offset, ulong length, Iova? at, DmaAccess access) =>
                new DmaMapping(_mapper.Object, IovaRange.OfLength(at ?? new Iova(Page), length), access, new FileBacking(file, offset)));

    [Fact]
    public void Memory_is_sealed_against_changes_of_size_before_it_is_mapped()
    {
        var seals = MemFdSeals.None;
        _mapper.Setup(mapper => mapper.MapFile(It.IsAny<MemFd>(), 0, Page, new Iova(0x10000), DmaAccess.Read))
            .Callback((MemFd file, long _, ulong _, Iova? _, DmaAccess _) => seals = file.Seals)
            .Returns((MemFd file, long _, ulong length, Iova? at, DmaAccess access) =>
                new DmaMapping(_mapper.Object, IovaRange.OfLength(at!.Value, length), access, new FileBacking(file, 0)));
        var memory = DmaMemory.Allocate(_mapper.Object, "test", Page, new Iova(0x10000), DmaAccess.Read);
        Assert.Equal(MemFdSeals.Seal | MemFdSeals.Grow | MemFdSeals.Shrink, seals);
        Assert.Equal(new Iova(0x10000), memory.Iova);
        memory.Leave();
    }

    [Fact]
    public void Both_sides_are_checked_against_the_length()
    {
        var memory = DmaMemory.Allocate(_mapper.Object, "test", 2 * Page);
        Assert.Equal(memory.Iova + (Page + 4), memory.IovaAt(Page + 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.IovaAt(2 * Page));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.ReadUInt32(2 * Page));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.ReadUInt32((2 * Page) - 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.WriteUInt64(4, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = memory.Bytes(Page, (int)Page + 1); });
        memory.WriteUInt32(Page, 0x12345678);
        Assert.Equal(0x78, memory.Bytes(Page, 1)[0]);
        Assert.Equal(0x5678, memory.ReadUInt16(Page));
        memory.Leave();
    }

    [Fact]
    public void Disposal_unmaps_the_device_first_and_leaving_does_not()
    {
        _mapper.Setup(mapper => mapper.Unmap(It.IsAny<IovaRange>())).Returns(Page);
        var disposed = DmaMemory.Allocate(_mapper.Object, "disposed", Page);
        disposed.Dispose();
        disposed.Dispose();
        _mapper.Verify(mapper => mapper.Unmap(disposed.Mapping.Range), Times.Once);
        Assert.Throws<ObjectDisposedException>(() => disposed.ReadUInt8(0));

        _mapper.Invocations.Clear();
        var left = DmaMemory.Allocate(_mapper.Object, "left", Page);
        left.Leave();
        left.Dispose();
        _mapper.Verify(mapper => mapper.Unmap(It.IsAny<IovaRange>()), Times.Never);
    }

    [Fact]
    public void Memory_that_the_device_can_still_reach_stays()
    {
        _mapper.Setup(mapper => mapper.Unmap(It.IsAny<IovaRange>())).Throws(new LinuxException(Errno.EBUSY, "IOMMU_IOAS_UNMAP", "test"));
        var memory = DmaMemory.Allocate(_mapper.Object, "test", Page);
        Assert.Throws<LinuxException>(memory.Dispose);
        memory.WriteUInt8(0, 1);
        Assert.True(memory.Mapping.IsMapped);
        memory.Leave();
    }

    [Fact]
    public void An_unmap_of_another_size_is_an_error()
    {
        _mapper.Setup(mapper => mapper.Unmap(It.IsAny<IovaRange>())).Returns(0);
        var memory = DmaMemory.Allocate(_mapper.Object, "test", Page);
        Assert.Contains("instead of", Assert.Throws<InvalidOperationException>(memory.Mapping.Unmap).Message, StringComparison.Ordinal);
        memory.Leave();
    }

    [Fact]
    public void Memory_of_the_process_outlives_its_owner_while_it_is_mapped_for_a_device()
    {
        _mapper.Setup(mapper => mapper.Unmap(It.IsAny<IovaRange>())).Returns(Page);
        // By its name: another test may get the same address as soon as it is free.
        const string Name = "outlives its owner";
        MemoryMapping memory;
        using (var file = MemFd.Create(Name, (long)Page)) memory = file.Map();
        var mapping = new DmaMapping(_mapper.Object, IovaRange.OfLength(new Iova(Page), Page), DmaAccess.Read, new UserMemoryBacking(memory));
        memory.Dispose();
        Assert.True(IsMapped(Name));
        mapping.Unmap();
        Assert.False(IsMapped(Name));
    }

    [Fact]
    public void A_memfd_that_can_change_its_size_is_refused()
    {
        using var open = MemFd.Create("open", (long)Page, MemFdSeals.Shrink);
        Assert.Contains("Grow", Assert.Throws<InvalidOperationException>(() => DmaMemory.Map(_mapper.Object, open)).Message, StringComparison.Ordinal);
        Assert.False(open.Fd.IsClosed);
    }

    [Fact]
    public void Adopted_memory_is_a_whole_memfd()
    {
        using var file = MemFd.Create("half", 2 * (long)Page);
        var half = new DmaMapping(_mapper.Object, IovaRange.OfLength(new Iova(Page), Page), DmaAccess.Read, new FileBacking(file, 0));
        Assert.Throws<ArgumentException>(() => DmaMemory.Adopt(half));
        var whole = new DmaMapping(_mapper.Object, IovaRange.OfLength(new Iova(Page), 2 * Page), DmaAccess.Read, new FileBacking(file, 0));
        var memory = DmaMemory.Adopt(whole);
        memory.WriteUInt8(0, 7);
        Assert.Equal(7, memory.ReadUInt8(0));
        memory.Leave();
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(100UL)]
    [InlineData(ulong.MaxValue - 0xFFF)]
    public void Lengths_are_whole_pages(ulong length)
        => Assert.Throws<ArgumentException>(() => DmaMemory.Allocate(_mapper.Object, "test", length));

    private static bool IsMapped(string name) => File.ReadLines("/proc/self/maps").Any(line => line.Contains($"/memfd:{name} ", StringComparison.Ordinal));
}
