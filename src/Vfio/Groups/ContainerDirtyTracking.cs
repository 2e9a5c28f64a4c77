using Devices.Iommufd;
using Devices.Linux;

namespace Devices.Vfio;

/// <summary>The tracking of dirty pages by a container, from <see cref="VfioContainer.TrackDirtyPages"/> until it is disposed.</summary>
/// <remarks>
/// Type 1 cannot see which pages a device wrote: it reports all that are mapped for a device of its own DMA, each time it is asked. Only
/// mediated devices, which pin what they use, are told apart. It is what the kernel gives; an iommufd's page tables tell more.
/// </remarks>
public sealed class ContainerDirtyTracking : IDisposable
{
    private const int BitsPerWord = 64;
    private readonly VfioContainer _container;
    private bool _stopped;

    private ContainerDirtyTracking(VfioContainer container, ulong pageSize)
    {
        _container = container;
        PageSize = pageSize;
    }

    /// <summary>What a bit stands for, in bytes: the smallest page that the IOMMU maps, the only one the kernel takes.</summary>
    public ulong PageSize { get; }

    /// <summary>Reads which pages of a range may have been written, and starts anew for them.</summary>
    /// <param name="range">The range, of whole mappings and gaps between them.</param>
    /// <remarks>
    /// <c>VFIO_IOMMU_DIRTY_PAGES</c> with <c>FLAG_GET_BITMAP</c>. Every page that may have been written is in the bitmap. Linux 7.3 can have
    /// up to 63 more behind a mapping that lies no multiple of 64 pages from the range's start, where nothing is mapped: bits of the reading before.
    /// </remarks>
    /// <exception cref="ArgumentException">A mapping lies only partly in the range, or it is not of whole pages.</exception>
    /// <exception cref="ObjectDisposedException">The tracking or the container was ended.</exception>
    /// <exception cref="LinuxException">The call failed.</exception>
    public unsafe DirtyBitmap Read(IovaRange range)
    {
        ThrowIfStopped();
        _container.CheckWhole(range);
        var bitmap = new DirtyBitmap(range, PageSize);
        fixed (ulong* words = bitmap.Words)
        {
            var get = new DirtyBitmapGet
            {
                Header = new vfio_iommu_type1_dirty_bitmap
                {
                    argsz = (uint)sizeof(DirtyBitmapGet),
                    flags = (uint)vfio_iommu_dirty_pages_flags.VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP,
                },
                Range = new vfio_iommu_type1_dirty_bitmap_get { iova = range.First.Value, size = Bytes(range), bitmap = Describe(bitmap, words) },
            };
            VfioIoctl.Call(_container.Fd, ref get, $"{_container}, {range}");
        }

        ClearTail(bitmap);
        return bitmap;
    }

    /// <summary>Ends a mapping and tells which of its pages may have been written since they were read last: no write falls between the two.</summary>
    /// <param name="mapping">A mapping of this container.</param>
    /// <remarks><c>VFIO_IOMMU_UNMAP_DMA</c> with <c>VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP</c>.</remarks>
    /// <exception cref="ArgumentException">It is of another container, or not mapped any more.</exception>
    /// <exception cref="InvalidOperationException">The kernel unmapped another size than was mapped.</exception>
    /// <exception cref="ObjectDisposedException">The tracking or the container was ended.</exception>
    /// <exception cref="LinuxException">The kernel refuses; the mapping stays.</exception>
    public unsafe DirtyBitmap Unmap(DmaMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        ThrowIfStopped();
        if (!ReferenceEquals(mapping.Mapper, _container) || !mapping.IsMapped) throw new ArgumentException($"{mapping} is not mapped in the {_container}.", nameof(mapping));
        var range = mapping.Range;
        _container.CheckWhole(range);
        var bitmap = new DirtyBitmap(range, PageSize);
        ulong unmapped;
        fixed (ulong* words = bitmap.Words)
        {
            var unmap = new UnmapWithBitmap
            {
                Header = new vfio_iommu_type1_dma_unmap
                {
                    argsz = (uint)sizeof(UnmapWithBitmap),
                    flags = (uint)vfio_dma_unmap_flags.VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP,
                    iova = range.First.Value,
                    size = mapping.Length,
                },
                Bitmap = Describe(bitmap, words),
            };
            VfioIoctl.Call(_container.Fd, ref unmap, $"{_container}, {range}");
            unmapped = unmap.Header.size;
        }

        _container.Forget(range);
        ClearTail(bitmap);
        if (unmapped != (ulong)range.Length)
            throw new InvalidOperationException($"0x{unmapped:x} bytes were unmapped at {range} instead of 0x{range.Length:x}: somebody else unmapped part of this container.");
        return bitmap;
    }

    /// <summary>Stops the tracking, for whoever else reads it too.</summary>
    /// <remarks><c>VFIO_IOMMU_DIRTY_PAGES</c> with <c>FLAG_STOP</c>; nothing where the container is gone.</remarks>
    /// <exception cref="LinuxException">The call failed.</exception>
    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        if (!_container.Fd.IsClosed) Switch(_container, vfio_iommu_dirty_pages_flags.VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP);
    }

    internal static ContainerDirtyTracking Start(VfioContainer container)
    {
        Switch(container, vfio_iommu_dirty_pages_flags.VFIO_IOMMU_DIRTY_PAGES_FLAG_START);
        var sizes = container.Info.Migration?.PageSizes ?? container.Info.PageSizes;
        return new ContainerDirtyTracking(container, sizes & (~sizes + 1));
    }

    private static unsafe void Switch(VfioContainer container, vfio_iommu_dirty_pages_flags flag)
    {
        var dirty = new vfio_iommu_type1_dirty_bitmap { argsz = (uint)sizeof(vfio_iommu_type1_dirty_bitmap), flags = (uint)flag };
        VfioIoctl.Call(container.Fd, ref dirty, container.ToString());
    }

    private static unsafe vfio_bitmap Describe(DirtyBitmap bitmap, ulong* words)
        => new() { pgsize = bitmap.PageSize, size = (ulong)bitmap.Words.Length * sizeof(ulong), data = (ulong)words };

    // The same bits of the reading before can stand beyond the last page of the range.
    private static void ClearTail(DirtyBitmap bitmap)
    {
        var pages = (int)(bitmap.PageCount % BitsPerWord);
        if (pages != 0) bitmap.Words[^1] &= (1UL << pages) - 1;
    }

    private static ulong Bytes(IovaRange range) => range.Length <= ulong.MaxValue ? (ulong)range.Length : throw new ArgumentException("No bitmap covers 2^64 bytes.", nameof(range));

    private void ThrowIfStopped() => ObjectDisposedException.ThrowIf(_stopped, this);

    // The kernel's struct and what follows it in data[].
    private struct DirtyBitmapGet : IIoctl
    {
        public vfio_iommu_type1_dirty_bitmap Header;
        public vfio_iommu_type1_dirty_bitmap_get Range;

        public static uint Request => vfio_iommu_type1_dirty_bitmap.Request;

        public static string Name => vfio_iommu_type1_dirty_bitmap.Name;
    }

    private struct UnmapWithBitmap : IIoctl
    {
        public vfio_iommu_type1_dma_unmap Header;
        public vfio_bitmap Bitmap;

        public static uint Request => vfio_iommu_type1_dma_unmap.Request;

        public static string Name => vfio_iommu_type1_dma_unmap.Name;
    }
}
