using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_ioas_iova_ranges : IIoctl
{
    public uint size;
    public uint ioas_id;
    public uint num_iovas;
    public uint __reserved;
    public ulong allowed_iovas;
    public ulong out_iova_alignment;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x84);

    public static string Name => "IOMMU_IOAS_IOVA_RANGES";
}
