using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_ioas_copy : IIoctl
{
    public uint size;
    public uint flags;
    public uint dst_ioas_id;
    public uint src_ioas_id;
    public ulong length;
    public ulong dst_iova;
    public ulong src_iova;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x83);

    public static string Name => "IOMMU_IOAS_COPY";
}
