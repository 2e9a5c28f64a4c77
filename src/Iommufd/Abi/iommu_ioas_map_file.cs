using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_ioas_map_file : IIoctl
{
    public uint size;
    public uint flags;
    public uint ioas_id;
    public int fd;
    public ulong start;
    public ulong length;
    public ulong iova;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x8f);

    public static string Name => "IOMMU_IOAS_MAP_FILE";
}
