using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_ioas_alloc : IIoctl
{
    public uint size;
    public uint flags;
    public uint out_ioas_id;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x81);

    public static string Name => "IOMMU_IOAS_ALLOC";
}
