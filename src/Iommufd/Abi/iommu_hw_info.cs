using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_hw_info : IIoctl
{
    public uint size;
    public uint flags;
    public uint dev_id;
    public uint data_len;
    public ulong data_uptr;
    public uint out_data_type;
    public byte out_max_pasid_log2;
    public byte __reserved0;
    public byte __reserved1;
    public byte __reserved2;
    public ulong out_capabilities;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x8a);

    public static string Name => "IOMMU_GET_HW_INFO";
}
