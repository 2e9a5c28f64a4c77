using Devices.Linux;

namespace Devices.Iommufd;

internal struct iommu_option : IIoctl
{
    public uint size;
    public uint option_id;
    public ushort op;
    public ushort __reserved;
    public uint object_id;
    public ulong val64;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x87);

    public static string Name => "IOMMU_OPTION";
}
