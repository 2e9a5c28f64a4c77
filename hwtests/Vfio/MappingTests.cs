using Devices.Iommufd;
using Devices.Linux;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>What a device reaches and what it does not, by each back end: QEMU's edu device does the DMA.</summary>
public abstract class MappingTests(IommuMode mode) : IDisposable
{
    private const byte Secret = 0x77;
    private const byte Loaded = 0x11;
    private static readonly ulong Page = (ulong)PageSize.Bytes;
    private static readonly Iova At = new(0x40_0000);
    private static readonly Iova Other = new(0x80_0000);

    private readonly BackEndDevice _bound = BackEndDevice.Edu(mode);
    private BarMapping? _registers;

    private IDmaMapper Mapper => _bound.Mapper;

    private BarMapping Registers
    {
        get
        {
            if (_registers is not null) return _registers;
            Edu.SetBusMaster(_bound.Device, true);
            return _registers = _bound.Device.Bars[0].Map();
        }
    }

    public void Dispose()
    {
        _bound.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public void Memory_of_the_process_is_mapped_where_asked()
    {
        using var memory = MemoryMapping.Anonymous((nuint)(2 * Page));
        var mapping = Mapper.Map(memory, At, DmaAccess.ReadWrite);
        Assert.Same(Mapper, mapping.Mapper);
        Assert.Equal(IovaRange.OfLength(At, 2 * Page), mapping.Range);
        memory.Span(0, 64).Fill(Loaded);
        Edu.CopyFromMemory(Registers, At, 64);
        Edu.CopyToMemory(Registers, At + Page, 64);
        Assert.Equal(memory.Span(0, 64).ToArray(), memory.Span((nuint)Page, 64).ToArray());
        mapping.Unmap();
        Assert.Throws<InvalidOperationException>(mapping.Unmap);
    }

    [SkippableFact]
    public void Part_of_a_file_is_mapped_and_the_rest_is_out_of_reach()
    {
        using var file = MemFd.Create("file", (long)(3 * Page));
        using var view = file.Map();
        using var mapping = Mapper.MapFile(file, (long)Page, Page, At, DmaAccess.ReadWrite);
        Load(Loaded);
        Edu.CopyToMemory(Registers, At, 16);
        Assert.Equal(Loaded, view.ReadUInt8((nuint)Page));
        // The pages before and after it.
        Edu.CopyToMemory(Registers, At + Page, 16);
        Edu.CopyToMemory(Registers, At - 16, 16);
        Assert.True(view.Span(0, (int)Page).IndexOfAnyExcept((byte)0) < 0);
        Assert.True(view.Span((nuint)(2 * Page), (int)Page).IndexOfAnyExcept((byte)0) < 0);
    }

    [SkippableFact]
    public void No_byte_moves_to_what_is_not_mapped()
    {
        using var file = MemFd.Create("target", (long)Page);
        using var view = file.Map();
        Load(Loaded);
        var mapping = Mapper.MapFile(file, 0, Page, At, DmaAccess.ReadWrite);
        Edu.CopyToMemory(Registers, At, 16);
        Assert.Equal(Loaded, view.ReadUInt8(0));
        view.Span(0, 64).Clear();
        mapping.Unmap();
        Edu.CopyToMemory(Registers, At, 64);
        Assert.True(view.Span(0, (int)Page).IndexOfAnyExcept((byte)0) < 0, "the device wrote to what was unmapped");
        // The device is not hurt by the fault: what is mapped again it reaches again.
        using var again = Mapper.MapFile(file, 0, Page, At, DmaAccess.ReadWrite);
        Load(Loaded);
        Edu.CopyToMemory(Registers, At, 64);
        Assert.True(view.Span(0, 64).IndexOfAnyExcept(Loaded) < 0);
    }

    [SkippableFact]
    public void No_byte_moves_from_what_is_not_mapped()
    {
        using var file = MemFd.Create("source", (long)Page);
        using var view = file.Map();
        view.Span(0, (int)Page).Fill(Secret);
        using var probe = DmaMemory.Allocate(Mapper, "probe", Page, Other);
        var mapping = Mapper.MapFile(file, 0, Page, At, DmaAccess.Read);
        Edu.CopyFromMemory(Registers, At, 64);
        Edu.CopyToMemory(Registers, Other, 64);
        Assert.True(probe.Bytes(0, 64).IndexOfAnyExcept(Secret) < 0);
        Load(Loaded);
        mapping.Unmap();
        Edu.CopyFromMemory(Registers, At, 64);
        Edu.CopyToMemory(Registers, Other, 64);
        Assert.True(probe.Bytes(0, 64).IndexOf(Secret) < 0, "the device read what was unmapped");
        Edu.CopyFromMemory(Registers, new Iova(0x200_0000), 64);
        Edu.CopyToMemory(Registers, Other, 64);
        Assert.True(probe.Bytes(0, 64).IndexOf(Secret) < 0);
    }

    [SkippableFact]
    public void What_is_mapped_to_be_read_is_not_written()
    {
        using var source = DmaMemory.Allocate(Mapper, "source", Page, At, DmaAccess.Read);
        Load(Loaded);
        Edu.CopyToMemory(Registers, At, 64);
        Assert.True(source.Bytes(0, (int)Page).IndexOfAnyExcept((byte)0) < 0, "the device wrote to what it may only read");
        source.Bytes(0, 64).Fill(Secret);
        using var target = DmaMemory.Allocate(Mapper, "target", Page, Other);
        Edu.CopyFromMemory(Registers, At, 64);
        Edu.CopyToMemory(Registers, Other, 64);
        Assert.True(target.Bytes(0, 64).IndexOfAnyExcept(Secret) < 0);
    }

    [SkippableFact]
    public void A_mapping_is_never_replaced()
    {
        using var first = DmaMemory.Allocate(Mapper, "first", 2 * Page, At);
        using var second = MemFd.Create("second", (long)(2 * Page));
        foreach (var at in (Iova[])[At, At + Page, At - Page])
        {
            var refused = Assert.Throws<LinuxException>(() => Mapper.MapFile(second, 0, 2 * Page, at, DmaAccess.ReadWrite));
            Assert.Equal(Errno.EEXIST, refused.Errno);
            Assert.Contains(at.ToString(), refused.Message, StringComparison.Ordinal);
            Assert.NotNull(refused.Remedy);
        }

        Load(Loaded);
        Edu.CopyToMemory(Registers, At, 16);
        Assert.Equal(Loaded, first.ReadUInt8(0));
    }

    [SkippableFact]
    public void What_would_be_misread_is_refused_before()
    {
        using var file = MemFd.Create("file", (long)(2 * Page));
        using var memory = MemoryMapping.Anonymous((nuint)(2 * Page));
        Assert.Throws<ArgumentException>(() => Mapper.MapFile(file, 0, Page, At + 8, DmaAccess.Read));
        Assert.Throws<ArgumentException>(() => Mapper.MapFile(file, 0, Page - 1, At, DmaAccess.Read));
        Assert.Throws<ArgumentException>(() => Mapper.MapFile(file, 0, 0, At, DmaAccess.Read));
        Assert.Throws<ArgumentException>(() => Mapper.MapFile(file, 8, Page, At, DmaAccess.Read));
        Assert.Throws<ArgumentException>(() => Mapper.MapFile(file, (long)Page, 2 * Page, At, DmaAccess.Read));
        Assert.Throws<ArgumentOutOfRangeException>(() => Mapper.MapFile(file, 0, Page, At, default));
        // Address and length together exceed 64 bits.
        var last = new Iova(ulong.MaxValue - Page + 1);
        Assert.Throws<ArgumentException>(() => Mapper.MapFile(file, 0, 2 * Page, last, DmaAccess.Read));
        Assert.Throws<ArgumentException>(() => Mapper.Map(memory, last, DmaAccess.ReadWrite));
        Assert.Equal(0UL, _bound.UnmapAll());
    }

    [SkippableFact]
    public void The_last_allowed_page_is_mapped_and_what_lies_beyond_or_is_reserved_is_not()
    {
        var ranges = Mapper.AllowedRanges;
        Assert.Equal(ranges.OrderBy(range => range.First), ranges);
        var interrupts = new Iova(0xFEE0_0000);
        Assert.DoesNotContain(ranges, range => range.Contains(interrupts));
        var top = (ranges[^1].Last - (Page - 1)).AlignDown(Page);
        using (var last = DmaMemory.Allocate(Mapper, "last page", Page, top)) Assert.Equal(top, last.Iova);
        var all = DmaMemory.Allocate(Mapper, "last page", Page, top);
        Assert.Equal(Page, _bound.UnmapAll());
        Assert.False(all.Mapping.IsMapped);
        all.Leave();

        using var file = MemFd.Create("file", (long)(2 * Page));
        foreach (var at in (Iova[])[interrupts, top])
        {
            var refused = Assert.Throws<LinuxException>(() => Mapper.MapFile(file, 0, 2 * Page, at, DmaAccess.Read));
            Assert.Equal(Errno.EINVAL, refused.Errno);
            Assert.Contains("AllowedRanges", refused.Message, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public void Part_of_a_mapping_cannot_be_unmapped_and_the_whole_works_on()
    {
        using var memory = DmaMemory.Allocate(Mapper, "whole", 4 * Page, At);
        foreach (var part in (IovaRange[])[IovaRange.OfLength(At, Page), IovaRange.OfLength(At + Page, Page), IovaRange.OfLength(At + Page, 8 * Page)])
            Assert.ThrowsAny<Exception>(() => Mapper.Unmap(part));
        Load(Loaded);
        for (ulong page = 0; page < 4; page++)
        {
            Edu.CopyToMemory(Registers, At + (page * Page), 16);
            Assert.Equal(Loaded, memory.ReadUInt8(page * Page));
        }

        Assert.Equal(4 * Page, Mapper.Unmap(IovaRange.OfLength(At - Page, 8 * Page)));
        Assert.False(memory.Mapping.IsMapped);
    }

    [SkippableFact]
    public void An_address_is_chosen_where_none_is_asked_for_and_can_be_had_again()
    {
        var memories = Enumerable.Range(1, 8).Select(pages => DmaMemory.Allocate(Mapper, "chosen", (ulong)pages * Page)).ToList();
        var ranges = memories.ConvertAll(memory => memory.Mapping.Range);
        Assert.All(ranges, range => Assert.Contains(Mapper.AllowedRanges, allowed => allowed.Contains(range)));
        Assert.All(ranges, range => Assert.DoesNotContain(ranges, other => other != range && other.Overlaps(range)));
        Assert.All(ranges, range => Assert.NotEqual(0UL, range.First.Value));
        using var fixedAt = DmaMemory.Allocate(Mapper, "asked for", Page, ranges[^1].First + (0x100 * Page));
        memories[0].Dispose();
        memories[0] = DmaMemory.Allocate(Mapper, "again", Page);
        Assert.All(ranges.Skip(1).Append(fixedAt.Mapping.Range), range => Assert.False(range.Overlaps(memories[0].Mapping.Range)));
        memories.ForEach(memory => memory.Dispose());
        Assert.Equal(Page, _bound.UnmapAll());
    }

    [SkippableFact]
    public void Memory_stays_while_the_device_reaches_it()
    {
        var memory = MemoryMapping.Anonymous((nuint)Page);
        var mapping = Mapper.Map(memory, At, DmaAccess.ReadWrite);
        var file = MemFd.Create("file", (long)Page);
        var ofFile = Mapper.MapFile(file, 0, Page, Other, DmaAccess.ReadWrite);
        memory.Span(0, 64).Fill(Secret);
        memory.Dispose();
        Edu.CopyFromMemory(Registers, At, 64);
        Edu.CopyToMemory(Registers, Other, 64);
        using (var view = file.Map()) Assert.True(view.Span(0, 64).IndexOfAnyExcept(Secret) < 0);
        file.Dispose();
        mapping.Unmap();
        ofFile.Unmap();
    }

    [SkippableFact]
    public void A_second_device_reaches_what_was_mapped_before_it_came()
    {
        // The order that needs the kernel to map again for the newcomer: memory first, then the device that does the DMA.
        using var nvme = BackEndDevice.Nvme(mode);
        using var memory = DmaMemory.Allocate(nvme.Mapper, "shared", Page, At);
        _bound.Device.Dispose();
        _bound.Iommu.Dispose();
        var edu = nvme.Iommu.Attach(_bound.Function);
        Assert.Same(nvme.Mapper, edu.Mapper);
        Edu.SetBusMaster(edu.Device, true);
        using (var registers = edu.Device.Bars[0].Map())
        {
            memory.Bytes(0, 64).Fill(Secret);
            Edu.CopyFromMemory(registers, At, 64);
            Edu.CopyToMemory(registers, At + 1024, 64);
            Assert.True(memory.Bytes(1024, 64).IndexOfAnyExcept(Secret) < 0);
        }

        edu.Device.Dispose();
        Assert.False(edu.IsAttached);
        Assert.True(nvme.Attachment.IsAttached);
    }

    /// <summary>Fills the device's buffer.</summary>
    private void Load(byte value)
    {
        using var source = DmaMemory.Allocate(Mapper, "load", Page, new Iova(0x100_0000), DmaAccess.Read);
        source.Bytes(0, (int)Page).Fill(value);
        Edu.CopyFromMemory(Registers, source.Iova, Page);
    }

    public sealed class OnType1() : MappingTests(IommuMode.Type1);

    public sealed class OnType1v2() : MappingTests(IommuMode.Type1v2);

    public sealed class OnIommufdCompatType1() : MappingTests(IommuMode.IommufdCompatType1);

    public sealed class OnIommufdCompatType1v2() : MappingTests(IommuMode.IommufdCompatType1v2);

    public sealed class OnIommufd() : MappingTests(IommuMode.Iommufd);
}
