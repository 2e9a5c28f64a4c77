using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_ioas_noiommu_get_pa : IIoctl
{
    public uint size;
    public uint flags;
    public uint ioas_id;
    public uint __reserved;
    public ulong iova;
    public ulong length;
    public ulong out_phys;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x95);

    public static string Name => "IOMMU_IOAS_NOIOMMU_GET_PA";
}
