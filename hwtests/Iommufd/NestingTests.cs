using System.Runtime.InteropServices;
using Devices.Iommufd;
using Devices.Linux;

namespace Devices.HwTests.Iommufd;

/// <summary>Guests' page tables, vIOMMUs and what belongs to them, on the kernel's mock IOMMU.</summary>
public sealed class NestingTests : IDisposable
{
    private const int NestedRequest = 8;
    private const int ViommuRequest = 12;
    private const uint All = 1;
    private static readonly ulong Page = (ulong)PageSize.Bytes;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly IommuContext _context = IommuContext.Open();
    private readonly Ioas _ioas;
    private readonly MockDevice _device;
    private readonly PagingHwpt _parent;

    public NestingTests()
    {
        _ioas = _context.CreateIoas();
        _device = new MockDevice(_ioas);
        _parent = _ioas.CreateHwpt(_device.Id, HwptFlags.NestParent);
    }

    public void Dispose()
    {
        _device.Dispose();
        _context.Dispose();
    }

    [Fact]
    public void A_guest_s_page_table_is_nested_and_attached()
    {
        using var nested = _parent.CreateNested(_device.Id, MockDevice.PageTable(0x1234), pasid: true);
        Assert.Equal((_parent, null, _ioas, HwptFlags.Pasid), (nested.Parent, nested.Viommu, nested.Ioas, nested.Flags));
        Assert.True(_device.HasIotlb(nested, 0, 0x1234));
        _device.MoveTo(nested);
        _device.MoveTo(_ioas);

        using var ordinary = _ioas.CreateHwpt(_device.Id);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => ordinary.CreateNested(_device.Id, MockDevice.PageTable())).Errno);
    }

    [Fact]
    public void A_page_table_in_another_iommu_s_form_is_refused()
    {
        HwptData[] forms =
        [
            new VtdStage1Data(new Iova(0x1000), 48, VtdStage1Flags.ExtendedAccess),
            new ArmSmmuv3Data(1, 0),
            new AmdGuestData(1, 2, 3, 4),
        ];
        foreach (var data in forms)
            Assert.Equal(Errno.EOPNOTSUPP, Assert.Throws<LinuxException>(() => _parent.CreateNested(_device.Id, data)).Errno);
        Assert.Empty(_parent.Holders);
    }

    [Fact]
    public void Requests_to_invalidate_are_handled_up_to_the_one_that_is_refused()
    {
        using var nested = _parent.CreateNested(_device.Id, MockDevice.PageTable());
        bool[] Cached() => [.. Enumerable.Range(0, 4).Select(index => _device.HasIotlb(nested, (uint)index, MockDevice.IotlbDefault))];
        void Invalidate(params uint[] words) => nested.Invalidate(MockDevice.Invalidation, NestedRequest, MemoryMarshal.AsBytes(words.AsSpan()));

        Invalidate(0, 2);
        Assert.Equal([true, true, false, true], Cached());
        Assert.True(_device.HasIotlb(nested, 2, 0));

        var refused = Assert.Throws<IommuInvalidationException>(() => Invalidate(0, 0, 0, 1, 0, 99, 0, 3));
        Assert.Equal((Errno.EINVAL, 2, 4), (refused.Errno, refused.Handled, refused.Requested));
        Assert.Equal([false, false, false, true], Cached());

        refused = Assert.Throws<IommuInvalidationException>(() => Invalidate(0x80, 0));
        Assert.Equal((Errno.EOPNOTSUPP, 0, 1), (refused.Errno, refused.Handled, refused.Requested));
        Invalidate(All, 0);
        Assert.Equal([false, false, false, false], Cached());

        // None: whether that form is known.
        Invalidate();
        Assert.Equal(Errno.EINVAL, Assert.Throws<IommuInvalidationException>(() => nested.Invalidate(InvalidationType.VtdStage1, NestedRequest, [])).Errno);
        refused = Assert.Throws<IommuInvalidationException>(() => nested.Invalidate(VtdStage1Invalidation.All, new VtdStage1Invalidation(new Iova(0x1000), 1)));
        Assert.Equal((Errno.EINVAL, 0, 2), (refused.Errno, refused.Handled, refused.Requested));
        Assert.Throws<ArgumentException>(() => nested.Invalidate(MockDevice.Invalidation, NestedRequest, new byte[9]));
    }

    [Fact]
    public void Page_faults_are_delivered_and_answered()
    {
        using var queue = _context.CreateFaultQueue();
        using var nested = _parent.CreateNested(_device.Id, MockDevice.PageTable(), faults: queue);
        Assert.Same(queue, nested.Faults);
        _device.MoveTo(nested);
        Assert.False(queue.Wait(TimeSpan.Zero));
        Assert.Empty(queue.Read());

        _device.RaisePageFault(0xdead_b000, PageFaultAccess.Read | PageFaultAccess.Write, group: 2);
        _device.RaisePageFault(0x1000, PageFaultAccess.Execute | PageFaultAccess.Privileged, group: 3, pasid: 7);
        Assert.True(queue.Wait(Soon));
        var groups = queue.Read().ToList();
        while (groups.Count < 2 && queue.Wait(Soon)) groups.AddRange(queue.Read());
        Assert.Equal(2, groups.Count);
        Assert.Equal((_device.Id, null, 2u), (groups[0].DeviceId, groups[0].Pasid, groups[0].GroupIndex));
        Assert.Equal([new PageFault(new Iova(0xdead_b000), PageFaultAccess.Read | PageFaultAccess.Write, 0, true)], groups[0].Faults);
        Assert.Equal((_device.Id, new Pasid(7), 3u), (groups[1].DeviceId, groups[1].Pasid, groups[1].GroupIndex));
        Assert.Equal([new PageFault(new Iova(0x1000), PageFaultAccess.Execute | PageFaultAccess.Privileged, 0, true)], groups[1].Faults);

        Assert.True(queue.TryRespond(groups[1], PageResponse.Invalid));
        Assert.False(queue.TryRespond(groups[1], PageResponse.Invalid));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryRespond(groups[0], (PageResponse)2));
        Assert.True(queue.TryRespond(groups[0], PageResponse.Success));
        Assert.Empty(queue.Read());
    }

    [Fact]
    public void Faults_of_a_detached_device_are_answered_by_the_kernel()
    {
        using var queue = _context.CreateFaultQueue();
        using var hwpt = _ioas.CreateHwpt(_device.Id, faults: queue);
        _device.MoveTo(hwpt);
        for (var group = 0u; group < 300; group++) _device.RaisePageFault(group * Page, PageFaultAccess.Read, group);
        var groups = new List<PageFaultGroup>();
        while (groups.Count < 300 && queue.Wait(Soon)) groups.AddRange(queue.Read());
        Assert.Equal(Enumerable.Range(0, 300).Select(group => (uint)group), groups.Select(group => group.GroupIndex));
        Assert.True(queue.TryRespond(groups[0], PageResponse.Success));
        _device.MoveTo(_ioas);
        Assert.False(queue.TryRespond(groups[1], PageResponse.Success));
    }

    [Fact]
    public void A_viommu_takes_and_gives_its_driver_s_data()
    {
        var (viommu, window) = CreateViommuWithRegisters();
        using (var registers = viommu.MapRegisters(window))
        {
            Assert.Equal(2 * Page, registers.Length);
            Assert.Equal(0xcafe_f00d, registers.ReadUInt32(0));
            registers.WriteUInt64(8, 0x0123_4567_89ab_cdef);
            Assert.Equal(0x0123_4567_89ab_cdefUL, registers.ReadUInt64(8));
            Assert.Throws<ArgumentOutOfRangeException>(() => registers.ReadUInt32(2 * Page));
            var held = Assert.Throws<IommuObjectInUseException>(viommu.Destroy);
            Assert.Equal(["a mapping of its registers"], held.Holders);
            using var again = viommu.MapRegisters(window);
            Assert.Equal(0x0123_4567_89ab_cdefUL, again.ReadUInt64(8));
        }

        Assert.Equal(Errno.ENXIO, Assert.Throws<LinuxException>(() => viommu.MapRegisters(window with { Length = Page })).Errno);
        Assert.Empty(viommu.Holders);
        viommu.Destroy();
        Assert.Throws<ObjectDisposedException>(() => viommu.MapRegisters(window));
    }

    [Fact]
    public void A_viommu_that_the_iommu_does_not_have_is_refused()
    {
        foreach (var type in new[] { ViommuType.None, ViommuType.ArmSmmuv3, ViommuType.Tegra241Cmdqv })
            Assert.Equal(Errno.EOPNOTSUPP, Assert.Throws<LinuxException>(() => _parent.CreateViommu(_device.Id, type)).Errno);
        using var ordinary = _ioas.CreateHwpt(_device.Id);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => ordinary.CreateViommu(_device.Id, MockDevice.ViommuKind)).Errno);
    }

    [Fact]
    public void A_device_has_one_virtual_id()
    {
        using var viommu = _parent.CreateViommu(_device.Id, MockDevice.ViommuKind);
        using var second = new MockDevice(_ioas);
        var vdevice = viommu.CreateVdevice(_device.Id, 0x99);
        Assert.Equal((viommu, _device.Id, 0x99UL), (vdevice.Viommu, vdevice.DeviceId, vdevice.VirtualId));
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => viommu.CreateVdevice(_device.Id, 0x98)).Errno);
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => viommu.CreateVdevice(second.Id, 0x99)).Errno);
        Assert.Equal([vdevice.ToString()], Assert.Throws<IommuObjectInUseException>(viommu.Destroy).Holders);
        vdevice.Destroy();

        // A device that goes takes its virtual id along.
        var orphan = viommu.CreateVdevice(second.Id, 0x99);
        second.Dispose();
        orphan.Dispose();
        Assert.Empty(viommu.Holders);
        viommu.Destroy();
    }

    [Fact]
    public void Device_caches_are_invalidated_by_virtual_id()
    {
        using var viommu = _parent.CreateViommu(_device.Id, MockDevice.ViommuKind);
        using var vdevice = viommu.CreateVdevice(_device.Id, 0x99);
        void Invalidate(params uint[] words) => viommu.Invalidate(MockDevice.Invalidation, ViommuRequest, MemoryMarshal.AsBytes(words.AsSpan()));

        Invalidate(0, 0x99, 1);
        Assert.True(_device.HasCache(0, MockDevice.DeviceCacheDefault));
        Assert.True(_device.HasCache(1, 0));
        var refused = Assert.Throws<IommuInvalidationException>(() => Invalidate(0, 0x99, 2, 0, 0x77, 0));
        Assert.Equal((Errno.EINVAL, 1, 2), (refused.Errno, refused.Handled, refused.Requested));
        Assert.True(_device.HasCache(2, 0));
        Invalidate(All, 0x99, 0);
        Assert.True(_device.HasCache(3, 0));
        Assert.Equal(Errno.EINVAL, Assert.Throws<IommuInvalidationException>(() => viommu.Invalidate(new ArmSmmuv3Command(0x30, 0))).Errno);
    }

    [Fact]
    public void Events_come_with_the_virtual_id_and_lost_ones_are_counted()
    {
        using var viommu = _parent.CreateViommu(_device.Id, MockDevice.ViommuKind);
        using var queue = viommu.CreateEventQueue(MockDevice.Events, depth: 2);
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => viommu.CreateEventQueue(MockDevice.Events, 1)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => viommu.CreateEventQueue(VirtualEventType.ArmSmmuv3, (1 << 19) + 1)).Errno);
        using var vdevice = viommu.CreateVdevice(_device.Id, 0x99);
        using var nested = viommu.CreateNested(_device.Id, MockDevice.PageTable());
        Assert.Same(viommu, nested.Viommu);
        _device.MoveTo(nested);
        Assert.False(queue.Wait(TimeSpan.Zero));
        Assert.Empty(queue.Read());

        _device.RaiseEvent();
        Assert.True(queue.Wait(Soon));
        var first = Assert.Single(queue.Read());
        Assert.Equal((0u, 0u, 0x99u), (first.Sequence, first.Lost, MemoryMarshal.Read<uint>(first.Data.Span)));

        for (var i = 0; i < 5; i++) _device.RaiseEvent();
        var events = queue.Read();
        Assert.Equal([(1u, 0u, true), (2u, 0u, true), (5u, 3u, false)], events.Select(each => (each.Sequence, each.Lost, each.HasData)));
        _device.RaiseEvent();
        Assert.Equal((6u, 0u), Assert.Single(queue.Read()) is var next ? (next.Sequence, next.Lost) : default);

        Assert.Equal([queue.ToString(), vdevice.ToString(), nested.ToString()], viommu.Holders);
        Assert.Throws<IommuObjectInUseException>(viommu.Destroy);
        _device.MoveTo(_ioas);
    }

    [Fact]
    public void Hardware_queues_hold_their_memory_and_go_in_descending_order()
    {
        using var viommu = _parent.CreateViommu(_device.Id, MockDevice.ViommuKind);
        var memory = DmaMemory.Allocate(_ioas, "queues", Page, MockDevice.Aperture);
        var range = memory.Mapping.Range;
        Errno Refused(HardwareQueueType type, uint index, IovaRange at) => Assert.Throws<LinuxException>(() => viommu.CreateHardwareQueue(type, index, at)).Errno;
        Assert.Equal(Errno.EOPNOTSUPP, Refused(HardwareQueueType.None, 0, range));
        Assert.Equal(Errno.EOPNOTSUPP, Refused(HardwareQueueType.Tegra241Cmdqv, 0, range));
        Assert.Equal(Errno.ENOENT, Refused(MockDevice.QueueKind, 0, IovaRange.OfLength(range.First + Page, Page)));
        Assert.Equal(Errno.EIO, Refused(MockDevice.QueueKind, 1, range));

        var first = viommu.CreateHardwareQueue(MockDevice.QueueKind, 0, range);
        Assert.Equal((viommu, MockDevice.QueueKind, 0u, range), (first.Viommu, first.Type, first.Index, first.Range));
        Assert.Equal(Errno.EEXIST, Refused(MockDevice.QueueKind, 0, range));
        var second = viommu.CreateHardwareQueue(MockDevice.QueueKind, 1, range);
        Assert.Equal(Errno.EBUSY, Assert.Throws<LinuxException>(memory.Mapping.Unmap).Errno);
        Assert.Equal([second.ToString()], Assert.Throws<IommuObjectInUseException>(first.Destroy).Holders);
        first.Dispose();
        second.Dispose();
        Assert.Equal(Errno.ENOENT, MockDevice.Destroy(_context, first.Id));
        Assert.Empty(viommu.Holders);
        memory.Dispose();
    }

    private unsafe (Viommu Viommu, ViommuWindow Window) CreateViommuWithRegisters()
    {
        // struct iommu_viommu_selftest: in_data, out_data, out_mmap_offset, out_mmap_length.
        Span<byte> data = stackalloc byte[24];
        MemoryMarshal.Write(data, 0xcafe_f00d);
        var viommu = _parent.CreateViommu(_device.Id, MockDevice.ViommuKind, data);
        Assert.Equal(0xcafe_f00d, MemoryMarshal.Read<uint>(data[4..]));
        Assert.Null(viommu.Window);
        return (viommu, new ViommuWindow(MemoryMarshal.Read<ulong>(data[8..]), MemoryMarshal.Read<ulong>(data[16..])));
    }
}
