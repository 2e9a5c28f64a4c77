using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_destroy : IIoctl
{
    public uint size;
    public uint id;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x80);

    public static string Name => "IOMMU_DESTROY";
}
