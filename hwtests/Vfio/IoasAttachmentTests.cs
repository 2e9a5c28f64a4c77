using Devices.Iommufd;
using Devices.Linux;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>Attaching QEMU's edu device to address spaces of an iommufd: what the other back ends do not have.</summary>
public sealed class IoasAttachmentTests : IDisposable
{
    private static readonly ulong Page = (ulong)PageSize.Bytes;

    private readonly BoundDevice _bound = BoundDevice.Edu();

    private IommufdDevice Device => _bound.Device;

    public void Dispose() => _bound.Dispose();

    [SkippableFact]
    public void The_device_cannot_reach_what_is_unmapped_read_only_or_detached()
    {
        using var ioas = _bound.Context.CreateIoas();
        var attachment = Device.Attach(ioas);
        using var source = DmaMemory.Allocate(ioas, "source", Page, new Iova(0x10_0000), DmaAccess.Read);
        var target = DmaMemory.Allocate(ioas, "target", Page, new Iova(0x20_0000));
        using var file = MemFd.Adopt(target.File.Fd.Duplicate());
        using var view = file.Map();
        using var registers = Device.Bars[0].Map();
        Edu.SetBusMaster(Device, true);
        source.Bytes(0, (int)Page).Fill(0x11);
        Edu.CopyFromMemory(registers, source.Iova, Page);

        Edu.CopyToMemory(registers, target.Iova, 16);
        Assert.Equal(0x11, view.ReadUInt8(0));
        view.WriteUInt8(0, 0);
        source.WriteUInt8(0, 0);
        Edu.CopyToMemory(registers, source.Iova, 16);
        Assert.Equal(0, source.ReadUInt8(0));
        target.Dispose();
        Edu.CopyToMemory(registers, new Iova(0x20_0000), 16);
        Assert.Equal(0, view.ReadUInt8(0));

        using var again = ioas.MapFile(file, 0, Page, new Iova(0x20_0000), DmaAccess.ReadWrite);
        attachment.Detach();
        Assert.Throws<InvalidOperationException>(attachment.Detach);
        Edu.CopyToMemory(registers, again.Iova, 16);
        Assert.Equal(0, view.ReadUInt8(0));
        using var attachedAgain = Device.Attach(ioas);
        Edu.CopyToMemory(registers, again.Iova, 16);
        Assert.Equal(0x11, view.ReadUInt8(0));
    }

    [SkippableFact]
    public void Addresses_that_the_platform_reserves_are_refused()
    {
        using var ioas = _bound.Context.CreateIoas();
        using var attachment = Device.Attach(ioas);
        var interrupts = new Iova(0xFEE0_0000);
        Assert.Contains(ioas.ReservedRanges, range => range.Contains(interrupts));
        Assert.DoesNotContain(ioas.AllowedRanges, range => range.Contains(interrupts));
        var refused = Assert.Throws<LinuxException>(() => DmaMemory.Allocate(ioas, "edu", Page, interrupts));
        Assert.Equal(Errno.EINVAL, refused.Errno);
        Assert.Contains("reserved", refused.Message, StringComparison.Ordinal);
        Assert.Equal(Errno.EADDRINUSE, Assert.Throws<LinuxException>(() => ioas.AllowIovas(IovaRange.OfLength(interrupts, Page))).Errno);

        var allocator = new IovaAllocator(ioas);
        var top = ioas.AllowedRanges[^1];
        using var last = DmaMemory.Allocate(ioas, "last page", Page, (top.Last - (Page - 1)).AlignDown(Page));
        using var first = DmaMemory.Allocate(ioas, "first page", Page, allocator.Allocate(Page).First);
        Assert.Equal([Device.Name], Assert.Throws<IommuObjectInUseException>(ioas.Destroy).Holders);
    }

    [SkippableFact]
    public void A_mapping_in_a_reserved_range_keeps_the_device_from_being_attached()
    {
        using var ioas = _bound.Context.CreateIoas();
        using var memory = DmaMemory.Allocate(ioas, "in the way", Page, new Iova(0xFEE0_0000));
        Assert.Equal(Errno.EADDRINUSE, Assert.Throws<LinuxException>(() => Device.Attach(ioas)).Errno);
    }

    [SkippableFact]
    public void An_address_space_of_another_context_is_refused()
    {
        using var other = IommuContext.Open();
        using var ioas = other.CreateIoas();
        Assert.Throws<ArgumentException>(() => Device.Attach(ioas));
        using var own = _bound.Context.CreateIoas();
        using var attachment = Device.Attach(own);
        Assert.Throws<InvalidOperationException>(() => Device.Attach(own));
        Assert.Same(attachment, Device.Attachment);
    }
}
