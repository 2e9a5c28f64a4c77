using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_vfio_ioas : IIoctl
{
    public uint size;
    public uint ioas_id;
    public ushort op;
    public ushort __reserved;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x88);

    public static string Name => "IOMMU_VFIO_IOAS";
}
