using Devices.Linux;

namespace Devices.Vfio;

internal struct vfio_iommu_type1_dma_unmap : IIoctl
{
    public uint argsz;
    public uint flags;
    public ulong iova;
    public ulong size;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 14);

    public static string Name => "VFIO_IOMMU_UNMAP_DMA";
}
