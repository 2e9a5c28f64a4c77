using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_hw_queue_alloc : IIoctl
{
    public uint size;
    public uint flags;
    public uint viommu_id;
    public uint type;
    public uint index;
    public uint out_hw_queue_id;
    public ulong nesting_parent_iova;
    public ulong length;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x94);

    public static string Name => "IOMMU_HW_QUEUE_ALLOC";
}
