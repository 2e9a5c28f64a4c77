using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_ioas_map : IIoctl
{
    public uint size;
    public uint flags;
    public uint ioas_id;
    public uint __reserved;
    public ulong user_va;
    public ulong length;
    public ulong iova;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x85);

    public static string Name => "IOMMU_IOAS_MAP";
}
