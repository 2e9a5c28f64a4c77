using Devices.Iommufd;
using Devices.Linux;

namespace Devices.HwTests.Iommufd;

/// <summary>Page tables on the kernel's mock IOMMU: flags, dirty tracking, order of destruction.</summary>
public sealed class HwptTests : IDisposable
{
    private static readonly ulong Page = (ulong)PageSize.Bytes;
    private static readonly Iova At = MockDevice.Aperture;

    private readonly IommuContext _context = IommuContext.Open();
    private readonly Ioas _ioas;
    private readonly MockDevice _device;

    public HwptTests()
    {
        _ioas = _context.CreateIoas();
        _device = new MockDevice(_ioas);
    }

    public void Dispose()
    {
        _device.Dispose();
        _context.Dispose();
    }

    [Fact]
    public void A_page_table_follows_the_mappings_of_its_address_space()
    {
        using var memory = MemoryMapping.Anonymous((nuint)(4 * Page));
        var mapping = _ioas.Map(memory, At, DmaAccess.ReadWrite);
        using var hwpt = _ioas.CreateHwpt(_device.Id);
        Assert.Equal((_ioas, _device.Id, HwptFlags.None, null), (hwpt.Ioas, hwpt.DeviceId, hwpt.Flags, hwpt.Faults));
        Assert.True(_device.Translates(hwpt, At, memory));
        mapping.Unmap();
        Assert.False(_device.Translates(hwpt, At, memory));
        using var again = _ioas.Map(memory, At + (8 * Page), DmaAccess.Read);
        Assert.True(_device.Translates(hwpt, At + (8 * Page), memory));
        _device.MoveTo(hwpt);
        Assert.Throws<IommuObjectInUseException>(hwpt.Destroy);
        _device.MoveTo(_ioas);
    }

    [Theory]
    [InlineData(HwptFlags.NestParent)]
    [InlineData(HwptFlags.DirtyTracking)]
    [InlineData(HwptFlags.Pasid)]
    [InlineData(HwptFlags.NestParent | HwptFlags.DirtyTracking | HwptFlags.Pasid)]
    public void Every_flag_is_taken(HwptFlags flags)
    {
        using var hwpt = _ioas.CreateHwpt(_device.Id, flags);
        Assert.Equal(flags, hwpt.Flags);
    }

    [Fact]
    public void What_an_iommu_does_not_do_is_refused_with_the_reason()
    {
        using var plain = new MockDevice(_ioas, MockDevice.NoDirtyTracking);
        var refused = Assert.Throws<LinuxException>(() => _ioas.CreateHwpt(plain.Id, HwptFlags.DirtyTracking));
        Assert.Equal((Errno.EOPNOTSUPP, "IOMMU_HWPT_ALLOC"), (refused.Errno, refused.Call));
        Assert.Contains("ReadHardwareInfo", refused.Remedy, StringComparison.Ordinal);
        Assert.Equal(Errno.EOPNOTSUPP, Assert.Throws<LinuxException>(() => _ioas.CreateHwpt(_device.Id, (HwptFlags)(1 << 30))).Errno);
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => _ioas.CreateHwpt(_ioas.Id)).Errno);

        using var faults = _context.CreateFaultQueue();
        Assert.Throws<ArgumentException>(() => _ioas.CreateHwpt(_device.Id, HwptFlags.NestParent, faults));
        using var strangers = IommuContext.Open();
        using var elsewhere = strangers.CreateFaultQueue();
        Assert.Throws<ArgumentException>(() => _ioas.CreateHwpt(_device.Id, HwptFlags.None, elsewhere));
        Assert.Empty(faults.Holders);
    }

    [Fact]
    public void Written_pages_are_told_once()
    {
        // A large page is dirty as a whole: without them each page is told by itself.
        var ioas = _context.CreateIoas();
        ioas.HugePages = false;
        using var device = new MockDevice(ioas);
        var range = IovaRange.OfLength(At, 130 * Page);
        using var memory = DmaMemory.Allocate(ioas, "tracked", 130 * Page, At);
        using var hwpt = ioas.CreateHwpt(device.Id, HwptFlags.DirtyTracking);
        hwpt.StartDirtyTracking();

        var written = new DirtyBitmap(range, Page);
        foreach (var page in new ulong[] { 0, 1, 2, 63, 64, 127, 129 }) written.MarkDirty(At + (page * Page));
        device.Write(hwpt, written);

        var read = new DirtyBitmap(range, Page);
        hwpt.ReadDirty(read, clear: false);
        Assert.Equal(written.DirtyRanges(), read.DirtyRanges());
        read.Clear();
        hwpt.ReadDirty(read);
        Assert.Equal(written.DirtyRanges(), read.DirtyRanges());
        Assert.Equal(7UL, read.DirtyCount);

        var rest = new DirtyBitmap(range, Page);
        hwpt.ReadDirty(rest);
        Assert.Equal(0UL, rest.DirtyCount);

        // What is read adds to what was there; a bit may stand for more, or less, than a page of the table.
        device.Write(hwpt, written);
        var coarse = new DirtyBitmap(range, 2 * Page);
        coarse.MarkDirty(At + (40 * Page));
        hwpt.ReadDirty(coarse, clear: false);
        Assert.Equal([0, 1, 20, 31, 32, 63, 64], Enumerable.Range(0, 65).Where(pair => coarse.IsDirty(At + ((ulong)pair * 2 * Page))));
        var fine = new DirtyBitmap(IovaRange.OfLength(At + (2 * Page), 2 * Page), MockDevice.PageSize);
        hwpt.ReadDirty(fine, clear: false);
        Assert.Equal([IovaRange.OfLength(At + (2 * Page), Page)], fine.DirtyRanges());

        // Starting anew forgets.
        hwpt.StopDirtyTracking();
        hwpt.StartDirtyTracking();
        hwpt.ReadDirty(rest);
        Assert.Equal(0UL, rest.DirtyCount);
    }

    [Fact]
    public void Part_of_a_range_is_read_alone()
    {
        using var memory = DmaMemory.Allocate(_ioas, "tracked", 16 * Page, At);
        using var hwpt = _ioas.CreateHwpt(_device.Id, HwptFlags.DirtyTracking);
        hwpt.StartDirtyTracking();
        var written = new DirtyBitmap(IovaRange.OfLength(At, 16 * Page), Page);
        for (var page = 0UL; page < 16; page++) written.MarkDirty(At + (page * Page));
        _device.Write(hwpt, written);
        var middle = new DirtyBitmap(IovaRange.OfLength(At + (4 * Page), 4 * Page), Page);
        hwpt.ReadDirty(middle);
        Assert.Equal([middle.Range], middle.DirtyRanges());
        var whole = new DirtyBitmap(written.Range, Page);
        hwpt.ReadDirty(whole);
        Assert.Equal([IovaRange.OfLength(At, 4 * Page), IovaRange.OfLength(At + (8 * Page), 8 * Page)], whole.DirtyRanges());
    }

    [Fact]
    public void A_page_table_not_made_for_it_tracks_nothing()
    {
        using var hwpt = _ioas.CreateHwpt(_device.Id);
        var refused = Assert.Throws<LinuxException>(hwpt.StartDirtyTracking);
        Assert.Equal((Errno.EOPNOTSUPP, "The HWPT was not made with DirtyTracking."), (refused.Errno, refused.Remedy));
        var bitmap = new DirtyBitmap(IovaRange.OfLength(At, Page), Page);
        Assert.Equal(Errno.EOPNOTSUPP, Assert.Throws<LinuxException>(() => hwpt.ReadDirty(bitmap)).Errno);

        using var tracking = _ioas.CreateHwpt(_device.Id, HwptFlags.DirtyTracking);
        tracking.StartDirtyTracking();
        var everything = new DirtyBitmap(new IovaRange(new Iova(0), new Iova(ulong.MaxValue)), 1UL << 40);
        Assert.Throws<ArgumentException>(() => tracking.ReadDirty(everything));
        var fine = new DirtyBitmap(IovaRange.OfLength(At, 512), 512);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => tracking.ReadDirty(fine)).Errno);
    }

    [Fact]
    public void What_holds_an_object_is_named()
    {
        using var faults = _context.CreateFaultQueue();
        var parent = _ioas.CreateHwpt(_device.Id, HwptFlags.NestParent);
        var nested = parent.CreateNested(_device.Id, MockDevice.PageTable(), faults: faults);
        Assert.Equal([nested.ToString()], parent.Holders);
        Assert.Equal([nested.ToString()], faults.Holders);

        var held = Assert.Throws<IommuObjectInUseException>(parent.Destroy);
        Assert.Equal([nested.ToString()], held.Holders);
        Assert.Equal($"IOMMU_DESTROY on HWPT {parent.Id}", held.Message[..held.Message.IndexOf(':', StringComparison.Ordinal)]);
        Assert.EndsWith($"Held by HWPT {nested.Id}: destroy or detach that first.", held.Message, StringComparison.Ordinal);
        Assert.Throws<IommuObjectInUseException>(faults.Destroy);
        Assert.Empty(faults.Read());

        // An attachment that this process did not make holds too, and cannot be named.
        _device.MoveTo(nested);
        var attached = Assert.Throws<IommuObjectInUseException>(nested.Destroy);
        Assert.Empty(attached.Holders);
        Assert.Contains("did not make", attached.Message, StringComparison.Ordinal);
        _device.MoveTo(_ioas);
        nested.Destroy();
        faults.Destroy();
        parent.Destroy();
        Assert.Throws<ObjectDisposedException>(parent.Destroy);
    }

    [Theory]
    [InlineData("FIPN")]
    [InlineData("FINP")]
    [InlineData("NPIF")]
    [InlineData("PNFI")]
    [InlineData("IPFN")]
    public void Objects_disposed_in_any_order_are_destroyed_in_the_right_one(string order)
    {
        var ioas = _context.CreateIoas();
        var faults = _context.CreateFaultQueue();
        var parent = ioas.CreateHwpt(_device.Id, HwptFlags.NestParent);
        var nested = parent.CreateNested(_device.Id, MockDevice.PageTable(), faults: faults);
        foreach (var which in order)
        {
            IommuObject next = which switch { 'F' => faults, 'I' => ioas, 'P' => parent, _ => nested };
            next.Dispose();
            next.Dispose();
        }

        foreach (var gone in new IommuObject[] { nested, parent, faults, ioas }) Assert.Equal(Errno.ENOENT, MockDevice.Destroy(_context, gone.Id));
    }

    [Fact]
    public void What_is_left_stays_in_the_kernel()
    {
        var parent = _ioas.CreateHwpt(_device.Id, HwptFlags.NestParent);
        var nested = parent.CreateNested(_device.Id, MockDevice.PageTable());
        nested.Leave();
        Assert.Empty(parent.Holders);
        Assert.Throws<IommuObjectInUseException>(parent.Destroy);
        Assert.Equal(Errno.None, MockDevice.Destroy(_context, nested.Id));
        parent.Destroy();
    }

    [Fact]
    public void Pasids_are_attached_to_page_tables_made_for_them()
    {
        using var ioas = _context.CreateIoas();
        using var device = new MockDevice(ioas, MockDevice.WithPasid);
        using var ordinary = ioas.CreateHwpt(device.Id);
        using var hwpt = ioas.CreateHwpt(device.Id, HwptFlags.Pasid);
        using var other = ioas.CreateHwpt(device.Id, HwptFlags.Pasid);
        var pasid = new Pasid(100);
        Assert.Equal(Errno.EINVAL, device.TryAttachPasid(pasid, hwpt));
        device.MoveTo(hwpt);
        Assert.Equal(Errno.EINVAL, device.TryAttachPasid(pasid, ordinary));
        Assert.Equal(Errno.None, device.TryAttachPasid(pasid, other));
        Assert.True(device.HasPasidAt(pasid, other));
        Assert.Throws<IommuObjectInUseException>(other.Destroy);
        device.DetachPasid(pasid);
        Assert.False(device.HasPasidAt(pasid, other));
        device.MoveTo(ioas);
    }
}
