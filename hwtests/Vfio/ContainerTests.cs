using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>What containers tell, limit and track.</summary>
public class ContainerTests
{
    private const string LimitFile = "/sys/module/vfio_iommu_type1/parameters/dma_entry_limit";
    private static readonly ulong Page = (ulong)PageSize.Bytes;
    private static readonly Iova At = new(0x40_0000);

    [SkippableTheory]
    [InlineData(IommuMode.Type1, true)]
    [InlineData(IommuMode.Type1v2, true)]
    [InlineData(IommuMode.IommufdCompatType1, false)]
    [InlineData(IommuMode.IommufdCompatType1v2, false)]
    public void A_container_tells_of_its_iommu(IommuMode mode, bool isNative)
    {
        using var bound = BackEndDevice.Edu(mode);
        var container = Assert.IsType<ContainerAttachment>(bound.Attachment).Container;
        Assert.Equal(mode, container.Mode);
        var info = container.Info;
        Assert.NotEqual(0UL, info.PageSizes & Page);
        Assert.True(info.AllowedRanges.Count >= 2);
        Assert.Equal(isNative, info.Migration is not null);
        Assert.Equal(isNative, info.AvailableMappings is not null);
        if (!isNative) return;
        Assert.Equal(Page, info.Migration!.PageSizes);
        Assert.True(info.Migration.LargestBitmap >= 1 << 20);
        using (DmaMemory.Allocate(container, "one", Page, At))
        {
            Assert.Equal(info.AvailableMappings - 1, container.Info.AvailableMappings);
            Assert.Single(container.Mappings);
        }

        Assert.Equal(info.AvailableMappings, container.Info.AvailableMappings);
    }

    [SkippableTheory]
    [InlineData(IommuMode.Type1)]
    [InlineData(IommuMode.Type1v2)]
    public void The_limit_of_mappings_is_counted_and_named(IommuMode mode)
    {
        Skip.IfNot(Rig.IsGuest, "it changes a parameter of the kernel");
        var former = File.ReadAllText(LimitFile);
        File.WriteAllText(LimitFile, "4");
        try
        {
            using var bound = BackEndDevice.Edu(mode);
            using var file = MemFd.Create("file", (long)Page);
            var container = (VfioContainer)bound.Mapper;
            var mappings = Enumerable.Range(0, 4).Select(i => container.MapFile(file, 0, Page, At + ((ulong)i * Page), DmaAccess.Read)).ToList();
            Assert.Equal(0U, container.Info.AvailableMappings);
            var full = Assert.Throws<MappingLimitException>(() => container.MapFile(file, 0, Page, null, DmaAccess.Read));
            Assert.Equal((Errno.ENOSPC, 4), (full.Errno, full.Mappings));
            Assert.Contains("4 mappings", full.Message, StringComparison.Ordinal);
            Assert.Contains("dma_entry_limit", full.Message, StringComparison.Ordinal);
            mappings[0].Unmap();
            using var again = container.MapFile(file, 0, Page, null, DmaAccess.Read);
        }
        finally
        {
            File.WriteAllText(LimitFile, former);
        }
    }

    [SkippableFact]
    public void Dirty_pages_are_read_and_told_of_what_is_unmapped()
    {
        using var bound = BackEndDevice.Edu(IommuMode.Type1v2);
        var container = (VfioContainer)bound.Mapper;
        using var before = DmaMemory.Allocate(container, "before", 3 * Page, At);
        using var tracking = container.TrackDirtyPages();
        Assert.Equal(Page, tracking.PageSize);
        var during = DmaMemory.Allocate(container, "during", 100 * Page, At + (8 * Page));
        var whole = IovaRange.OfLength(At, 128 * Page);
        for (var round = 0; round < 2; round++)
        {
            // Type 1 cannot tell what a device wrote: all that is mapped is dirty, each time.
            var dirty = tracking.Read(whole);
            Assert.All([before, during], memory => AssertDirty(dirty, memory.Mapping.Range));
            Assert.False(dirty.IsDirty(before.Mapping.Range.Last + 1));
            if (round == 0) Assert.Equal([before.Mapping.Range, during.Mapping.Range], dirty.DirtyRanges());
        }

        Assert.Throws<ArgumentException>(() => tracking.Read(IovaRange.OfLength(At, Page)));
        Assert.Equal(0UL, tracking.Read(IovaRange.OfLength(At + (512 * Page), 16 * Page)).DirtyCount);
        var last = tracking.Unmap(during.Mapping);
        Assert.Equal(during.Mapping.Range, last.Range);
        Assert.Equal(100UL, last.DirtyCount);
        Assert.False(during.Mapping.IsMapped);
        Assert.Throws<ArgumentException>(() => tracking.Unmap(during.Mapping));
        Assert.Equal([before.Mapping.Range], tracking.Read(whole).DirtyRanges());
        during.Leave();
        tracking.Dispose();
        tracking.Dispose();
        Assert.Throws<ObjectDisposedException>(() => tracking.Read(whole));
    }

    [SkippableTheory]
    [InlineData(IommuMode.Type1, Errno.EACCES)]
    [InlineData(IommuMode.IommufdCompatType1, Errno.ENOTTY)]
    [InlineData(IommuMode.IommufdCompatType1v2, Errno.ENOTTY)]
    public void Where_dirty_pages_are_not_tracked_the_reason_is_told(IommuMode mode, Errno errno)
    {
        using var bound = BackEndDevice.Edu(mode);
        var refused = Assert.Throws<LinuxException>(((VfioContainer)bound.Mapper).TrackDirtyPages);
        Assert.Equal((errno, "VFIO_IOMMU_DIRTY_PAGES"), (refused.Errno, refused.Call));
        Assert.NotNull(refused.Remedy);
    }

    [SkippableFact]
    public void What_is_left_stays_mapped()
    {
        using var bound = BackEndDevice.Edu(IommuMode.Type1v2);
        var container = (VfioContainer)bound.Mapper;
        using var file = MemFd.Create("left", (long)Page);
        using var view = file.Map();
        view.Span(0, 64).Fill(0x66);
        var left = container.MapFile(file, 0, Page, At, DmaAccess.ReadWrite);
        left.Leave();
        Assert.False(left.IsMapped);
        Assert.Empty(container.Mappings);
        // Its address is not given to others.
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => container.MapFile(file, 0, Page, At, DmaAccess.Read)).Errno);
        container.Leave();
        container.Leave();
        Edu.SetBusMaster(bound.Device, true);
        using var registers = bound.Device.Bars[0].Map();
        Edu.CopyFromMemory(registers, At, 64);
        Edu.CopyToMemory(registers, At + 512, 64);
        Assert.Equal(0x66, view.ReadUInt8(512));
    }

    private static void AssertDirty(DirtyBitmap dirty, IovaRange range)
    {
        for (ulong offset = 0; offset < (ulong)range.Length; offset += Page) Assert.True(dirty.IsDirty(range.First + offset), $"0x{offset:x} of {range}");
    }
}
