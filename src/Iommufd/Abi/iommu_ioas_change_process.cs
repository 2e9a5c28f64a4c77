using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_ioas_change_process : IIoctl
{
    public uint size;
    public uint __reserved;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x92);

    public static string Name => "IOMMU_IOAS_CHANGE_PROCESS";
}
