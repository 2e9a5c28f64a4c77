using Devices.Linux;

namespace Devices.Vfio;

internal struct vfio_iommu_type1_info : IIoctl
{
    public uint argsz;
    public uint flags;
    public ulong iova_pgsizes;
    public uint cap_offset;
    public uint pad;

    public static uint Request => Ioctl.IO(VfioIoctl.VFIO_TYPE, VfioIoctl.VFIO_BASE + 12);

    public static string Name => "VFIO_IOMMU_GET_INFO";
}
