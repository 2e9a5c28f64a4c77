using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_fault_alloc : IIoctl
{
    public uint size;
    public uint flags;
    public uint out_fault_id;
    public uint out_fault_fd;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x8e);

    public static string Name => "IOMMU_FAULT_QUEUE_ALLOC";
}
