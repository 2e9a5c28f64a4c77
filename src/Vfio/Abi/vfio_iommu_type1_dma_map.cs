using Devices.Linux;

namespace Devices.Vfio;

internal struct vfio_iommu_type1_dma_map : IIoctl
{
    public uint argsz;
    public uint flags;
    public ulong vaddr;
    public ulong iova;
    public ulong size;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 13);

    public static string Name => "VFIO_IOMMU_MAP_DMA";
}
