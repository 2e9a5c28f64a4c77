using Devices.Iommufd;
using Devices.Linux;

namespace Devices.HwTests.Iommufd;

/// <summary>Address spaces without a device.</summary>
public sealed class IoasTests : IDisposable
{
    private static readonly ulong Page = (ulong)PageSize.Bytes;
    private static readonly Iova At = new(0x1000_0000);

    private readonly IommuContext _context = IommuContext.Open();
    private readonly Ioas _ioas;

    public IoasTests() => _ioas = _context.CreateIoas();

    public void Dispose()
    {
        _ioas.Dispose();
        _context.Dispose();
    }

    [Fact]
    public void Memory_is_mapped_where_asked_and_only_once()
    {
        using var memory = MemoryMapping.Anonymous((nuint)(4 * Page));
        var mapping = _ioas.Map(memory, At, DmaAccess.ReadWrite);
        Assert.Equal(IovaRange.OfLength(At, 4 * Page), mapping.Range);
        Assert.Equal([mapping], _ioas.Mappings);

        using var other = MemFd.Create("other", (long)(2 * Page));
        var clash = Assert.Throws<LinuxException>(() => _ioas.MapFile(other, 0, 2 * Page, At + (3 * Page), DmaAccess.Read));
        Assert.Equal((Errno.EEXIST, "IOMMU_IOAS_MAP_FILE"), (clash.Errno, clash.Call));
        Assert.Contains("0x10003000", clash.Message, StringComparison.Ordinal);

        mapping.Unmap();
        Assert.Empty(_ioas.Mappings);
        Assert.Throws<InvalidOperationException>(mapping.Unmap);
        using var again = _ioas.MapFile(other, 0, 2 * Page, At + (3 * Page), DmaAccess.Read);
        Assert.Equal(At + (3 * Page), again.Iova);
    }

    [Fact]
    public void The_kernel_chooses_a_free_address_where_none_is_asked_for()
    {
        using var file = MemFd.Create("file", (long)(8 * Page));
        var first = _ioas.MapFile(file, 0, 4 * Page, null, DmaAccess.Read);
        var second = _ioas.MapFile(file, (long)(4 * Page), 4 * Page, null, DmaAccess.Write);
        using var memory = MemoryMapping.Anonymous((nuint)Page);
        var third = _ioas.Map(memory, null, DmaAccess.Read);
        Assert.False(first.Range.Overlaps(second.Range) || first.Range.Overlaps(third.Range) || second.Range.Overlaps(third.Range));
        Assert.Equal(9 * Page, _ioas.UnmapAll());
        Assert.DoesNotContain(new[] { first, second, third }, mapping => mapping.IsMapped);
        Assert.Equal(0UL, _ioas.UnmapAll());
    }

    [Fact]
    public void What_the_kernel_would_misread_is_refused_before()
    {
        using var file = MemFd.Create("file", (long)(2 * Page));
        Assert.Throws<ArgumentException>(() => _ioas.MapFile(file, 0, Page, At + 8, DmaAccess.Read));
        Assert.Throws<ArgumentException>(() => _ioas.MapFile(file, 0, Page - 1, At, DmaAccess.Read));
        Assert.Throws<ArgumentException>(() => _ioas.MapFile(file, 0, 0, At, DmaAccess.Read));
        Assert.Throws<ArgumentException>(() => _ioas.MapFile(file, 8, Page, At, DmaAccess.Read));
        Assert.Throws<ArgumentException>(() => _ioas.MapFile(file, (long)Page, 2 * Page, At, DmaAccess.Read));
        Assert.Throws<ArgumentException>(() => _ioas.MapFile(file, 0, 2 * Page, new Iova(ulong.MaxValue - Page + 1), DmaAccess.Read));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ioas.MapFile(file, 0, Page, At, default));
        Assert.Empty(_ioas.Mappings);
    }

    [Fact]
    public void A_copy_shares_the_memory_and_cannot_gain_access()
    {
        using var file = MemFd.Create("file", (long)Page);
        var source = _ioas.MapFile(file, 0, Page, At, DmaAccess.Read);
        using var other = _context.CreateIoas();
        var copy = other.CopyFrom(source, At + (16 * Page), DmaAccess.Read);
        Assert.Equal(source.Backing, copy.Backing);
        Assert.Equal(At + (16 * Page), copy.Iova);
        Assert.Equal(Errno.EPERM, Assert.Throws<LinuxException>(() => other.CopyFrom(source, null, DmaAccess.ReadWrite)).Errno);
        source.Unmap();
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => other.CopyFrom(source, null, DmaAccess.Read)).Errno);
        copy.Unmap();

        using var strangers = IommuContext.Open();
        using var elsewhere = strangers.CreateIoas();
        Assert.Throws<ArgumentException>(() => elsewhere.CopyFrom(source, null, DmaAccess.Read));
    }

    [Fact]
    public void Allowed_ranges_bound_where_the_kernel_maps()
    {
        var whole = Assert.Single(_ioas.AllowedRanges);
        Assert.Equal(new IovaRange(new Iova(0), new Iova(ulong.MaxValue)), whole);
        Assert.Empty(_ioas.ReservedRanges);

        var low = IovaRange.OfLength(new Iova(0x10_0000), 16 * Page);
        _ioas.AllowIovas(low);
        using var file = MemFd.Create("file", (long)(16 * Page));
        var mapping = _ioas.MapFile(file, 0, 8 * Page, null, DmaAccess.Read);
        Assert.True(low.Contains(mapping.Range));
        Assert.Equal(Errno.ENOSPC, Assert.Throws<LinuxException>(() => _ioas.MapFile(file, 0, 16 * Page, null, DmaAccess.Read)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => _ioas.AllowIovas(low, low)).Errno);
        _ioas.AllowIovas();
        Assert.False(low.Contains(_ioas.MapFile(file, 0, 16 * Page, null, DmaAccess.Read).Range));
    }

    [Fact]
    public void Options_are_read_back_as_they_were_set()
    {
        Assert.True(_ioas.HugePages);
        _ioas.HugePages = false;
        Assert.False(_ioas.HugePages);
        _ioas.HugePages = true;
        Assert.True(_ioas.HugePages);

        using var fresh = IommuContext.Open();
        Assert.Equal(MemlockMode.User, fresh.MemlockMode);
        fresh.MemlockMode = MemlockMode.Process;
        Assert.Equal(MemlockMode.Process, fresh.MemlockMode);
        Assert.Equal(Errno.EBUSY, Assert.Throws<LinuxException>(() => _context.MemlockMode = MemlockMode.Process).Errno);
    }

    [Fact]
    public void A_destroyed_address_space_is_gone_with_its_mappings()
    {
        using var file = MemFd.Create("file", (long)Page);
        var ioas = _context.CreateIoas();
        var mapping = ioas.MapFile(file, 0, Page, At, DmaAccess.Read);
        ioas.Destroy();
        Assert.False(mapping.IsMapped);
        mapping.Dispose();
        ioas.Dispose();
        Assert.Throws<ObjectDisposedException>(() => ioas.AllowedRanges);
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => _context.AdoptIoas(ioas.Id)).Errno);
    }

    [Fact]
    public void Every_order_of_disposal_is_safe()
    {
        string[] orders = ["CIM", "CMI", "ICM", "IMC", "MCI", "MIC"];
        foreach (var order in orders)
        {
            var context = IommuContext.Open();
            var ioas = context.CreateIoas();
            var memory = DmaMemory.Allocate(ioas, "memory", Page);
            foreach (var which in order)
            {
                IDisposable next = which switch { 'C' => context, 'I' => ioas, _ => memory };
                next.Dispose();
                next.Dispose();
            }

            Assert.Throws<ObjectDisposedException>(() => memory.ReadUInt8(0));
            Assert.False(memory.Mapping.IsMapped);
        }
    }

    [Fact]
    public void A_file_that_is_no_iommufd_is_refused()
    {
        using var fd = FileDescriptor.Open("/dev/null", OpenMode.ReadWrite);
        Assert.Equal(Errno.ENOTTY, Assert.Throws<LinuxException>(() => IommuContext.FromFd(fd)).Errno);
    }

    [Fact]
    public void No_device_is_bound_yet() => Assert.False(_context.HasDevice(_ioas.Id + 1));

    [Fact]
    public void A_dma_buf_is_mapped_while_it_is_not_revoked()
    {
        using var buffer = MockDevice.DmaBuf(_context, 4 * Page);
        var mapping = _ioas.MapDmaBuf(buffer, 0, 4 * Page, At, DmaAccess.ReadWrite);
        Assert.Equal(new DmaBufBacking(buffer, 0), mapping.Backing);
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => _ioas.MapDmaBuf(buffer, Page, Page, At, DmaAccess.Read)).Errno);
        using var part = _ioas.MapDmaBuf(buffer, Page, Page, null, DmaAccess.Read);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => _ioas.MapDmaBuf(buffer, Page, 4 * Page, null, DmaAccess.Read)).Errno);
        Assert.Throws<ArgumentException>(() => _ioas.MapDmaBuf(buffer, 8, Page, null, DmaAccess.Read));

        MockDevice.Revoke(_context, buffer, revoked: true);
        var refused = Assert.Throws<LinuxException>(() => _ioas.MapDmaBuf(buffer, 0, Page, null, DmaAccess.Read));
        Assert.Equal(Errno.ENODEV, refused.Errno);
        Assert.Contains("revoked", refused.Remedy, StringComparison.Ordinal);
        mapping.Unmap();
        MockDevice.Revoke(_context, buffer, revoked: false);
        using var again = _ioas.MapDmaBuf(buffer, 0, 4 * Page, At, DmaAccess.ReadWrite);
    }

    [Fact]
    public void Another_process_takes_over_the_accounting_of_files_alone()
    {
        using var file = MemFd.Create("file", (long)(4 * Page));
        using var fromFile = _ioas.MapFile(file, 0, 4 * Page, At, DmaAccess.ReadWrite);
        using var device = new MockDevice(_context.CreateIoas());
        _context.ChangeProcess();

        using var memory = MemoryMapping.Anonymous((nuint)Page);
        using var fromMemory = _ioas.Map(memory, null, DmaAccess.Read);
        var refused = Assert.Throws<LinuxException>(_context.ChangeProcess);
        Assert.Equal((Errno.EINVAL, "IOMMU_IOAS_CHANGE_PROCESS"), (refused.Errno, refused.Call));
        Assert.Contains("memfds", refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void The_address_space_of_container_calls_is_chosen_found_and_ended()
    {
        Assert.Null(_context.FindVfioIoas());
        _context.SetVfioIoas(_ioas);
        Assert.Same(_ioas, _context.FindVfioIoas());
        using (var sameIommufd = IommuContext.FromFd(_context.Fd))
        {
            var adopted = sameIommufd.FindVfioIoas();
            Assert.Equal(_ioas.Id, adopted!.Id);
            Assert.NotSame(_ioas, adopted);
        }

        var other = _context.CreateIoas();
        _context.SetVfioIoas(other);
        Assert.Same(other, _context.FindVfioIoas());
        other.Destroy();
        Assert.Null(_context.FindVfioIoas());
        _context.SetVfioIoas(_ioas);
        _context.SetVfioIoas(null);
        Assert.Null(_context.FindVfioIoas());

        using var strangers = IommuContext.Open();
        Assert.Throws<ArgumentException>(() => strangers.SetVfioIoas(_ioas));
    }

    [Fact]
    public void Physical_addresses_are_told_only_for_devices_without_an_iommu()
    {
        using var file = MemFd.Create("file", (long)Page);
        using var mapping = _ioas.MapFile(file, 0, Page, At, DmaAccess.ReadWrite);
        var refused = Assert.Throws<LinuxException>(() => _ioas.UnsafeNoIommuPhysicalAddress(At, Page));
        Assert.Equal((Errno.EOPNOTSUPP, "IOMMU_IOAS_NOIOMMU_GET_PA"), (refused.Errno, refused.Call));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ioas.UnsafeNoIommuPhysicalAddress(At, 0));
    }
}
