namespace Devices.Vfio;

// The kernel has these as macros of one flags word.
[Flags]
internal enum vfio_dma_map_flags : uint
{
    VFIO_DMA_MAP_FLAG_READ = 1 << 0,
    VFIO_DMA_MAP_FLAG_WRITE = 1 << 1,
    VFIO_DMA_MAP_FLAG_VADDR = 1 << 2,
}
