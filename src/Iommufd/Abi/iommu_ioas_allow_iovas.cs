using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_ioas_allow_iovas : IIoctl
{
    public uint size;
    public uint ioas_id;
    public uint num_iovas;
    public uint __reserved;
    public ulong allowed_iovas;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x82);

    public static string Name => "IOMMU_IOAS_ALLOW_IOVAS";
}
