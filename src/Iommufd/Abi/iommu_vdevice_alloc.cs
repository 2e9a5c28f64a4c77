using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_vdevice_alloc : IIoctl
{
    public uint size;
    public uint viommu_id;
    public uint dev_id;
    public uint out_vdevice_id;
    public ulong virt_id;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x91);

    public static string Name => "IOMMU_VDEVICE_ALLOC";
}
