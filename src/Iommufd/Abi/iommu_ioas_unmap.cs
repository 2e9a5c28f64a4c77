using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_ioas_unmap : IIoctl
{
    public uint size;
    public uint ioas_id;
    public ulong iova;
    public ulong length;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x86);

    public static string Name => "IOMMU_IOAS_UNMAP";
}
