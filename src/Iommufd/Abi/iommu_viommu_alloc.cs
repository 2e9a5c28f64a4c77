using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_viommu_alloc : IIoctl
{
    public uint size;
    public uint flags;
    public uint type;
    public uint dev_id;
    public uint hwpt_id;
    public uint out_viommu_id;
    public uint data_len;
    public uint __reserved;
    public ulong data_uptr;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x90);

    public static string Name => "IOMMU_VIOMMU_ALLOC";
}
