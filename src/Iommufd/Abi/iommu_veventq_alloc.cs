using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_veventq_alloc : IIoctl
{
    public uint size;
    public uint flags;
    public uint viommu_id;
    public uint type;
    public uint veventq_depth;
    public uint out_veventq_id;
    public uint out_veventq_fd;
    public uint __reserved;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x93);

    public static string Name => "IOMMU_VEVENTQ_ALLOC";
}
