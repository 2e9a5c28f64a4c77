using Devices.HwTests.Iommufd;
using Devices.Iommufd;
using Devices.Linux;

namespace Devices.HwTests.Faults;

/// <summary>Objects of an iommufd, with each of their allocations in the kernel failing in turn.</summary>
public sealed class IommufdFaultTests : IDisposable
{
    private static readonly ulong Page = (ulong)PageSize.Bytes;
    private readonly IommuContext _context = IommuContext.Open();

    public void Dispose() => _context.Dispose();

    [SkippableFact]
    public void Address_spaces_are_made_and_mapped()
        => FaultSweep.Run(undo =>
        {
            var ioas = undo.Keep(_context.CreateIoas());
            ioas.AllowIovas(new IovaRange(new Iova(0x10_0000), new Iova(0xFFFF_FFFF)));
            using var file = MemFd.Create("file", (long)(4 * Page));
            var mapping = undo.Keep(ioas.MapFile(file, 0, 4 * Page, new Iova(0x40_0000), DmaAccess.ReadWrite));
            undo.Keep(ioas.CopyFrom(mapping, new Iova(0x80_0000), DmaAccess.Read));
            using var memory = MemoryMapping.Anonymous((nuint)Page);
            undo.Keep(ioas.Map(memory, null, DmaAccess.ReadWrite));
        }, ["IOMMU_IOAS_ALLOC", "IOMMU_IOAS_ALLOW_IOVAS", "memfd_create", "IOMMU_IOAS_MAP_FILE", "IOMMU_IOAS_COPY", "mmap", "IOMMU_IOAS_MAP"], NextId);

    [SkippableFact]
    public void Page_tables_are_made_tracked_nested_and_shared_out()
    {
        var ioas = _context.CreateIoas();
        // Pages that lie side by side by chance would be one large page, dirty as a whole.
        ioas.HugePages = false;
        using var device = new MockDevice(ioas);
        using var memory = DmaMemory.Allocate(ioas, "tracked", 16 * Page, MockDevice.Aperture);
        var range = memory.Mapping.Range;
        FaultSweep.Run(undo =>
        {
            var tracking = undo.Keep(ioas.CreateHwpt(device.Id, HwptFlags.DirtyTracking));
            tracking.StartDirtyTracking();
            var written = new DirtyBitmap(IovaRange.OfLength(range.First, Page), Page);
            written.MarkDirty(range.First);
            device.Write(tracking, written);
            var read = new DirtyBitmap(range, Page);
            tracking.ReadDirty(read, clear: false);
            Assert.Equal([written.Range], read.DirtyRanges());
            tracking.StopDirtyTracking();

            var faults = undo.Keep(_context.CreateFaultQueue());
            var parent = undo.Keep(ioas.CreateHwpt(device.Id, HwptFlags.NestParent));
            undo.Keep(parent.CreateNested(device.Id, MockDevice.PageTable(), faults: faults));
            var viommu = undo.Keep(parent.CreateViommu(device.Id, MockDevice.ViommuKind));
            undo.Keep(viommu.CreateVdevice(device.Id, 0x99));
            undo.Keep(viommu.CreateEventQueue(MockDevice.Events, 2));
            undo.Keep(viommu.CreateNested(device.Id, MockDevice.PageTable()));
            undo.Keep(viommu.CreateHardwareQueue(MockDevice.QueueKind, 0, IovaRange.OfLength(range.First, Page)));
        }, ["IOMMU_HWPT_ALLOC", "IOMMU_FAULT_QUEUE_ALLOC", "IOMMU_VIOMMU_ALLOC", "IOMMU_VDEVICE_ALLOC", "IOMMU_VEVENTQ_ALLOC", "IOMMU_HW_QUEUE_ALLOC"], NextId);
    }

    private uint NextId()
    {
        using var ioas = _context.CreateIoas();
        return ioas.Id;
    }
}
