namespace Devices.Vfio;

// The kernel has these as macros of one flags word.
[Flags]
internal enum vfio_dma_unmap_flags : uint
{
    None = 0,
    VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP = 1 << 0,
    VFIO_DMA_UNMAP_FLAG_ALL = 1 << 1,
    VFIO_DMA_UNMAP_FLAG_VADDR = 1 << 2,
}
