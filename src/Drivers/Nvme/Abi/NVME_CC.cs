namespace Devices.Drivers.Abi;

/// <summary>Controller Configuration: <c>NVME_CC_*</c> of linux/nvme.h.</summary>
internal static class NVME_CC
{
    internal const uint ENABLE = 1 << 0;
    internal const uint SHN_NORMAL = 1 << 14;
    internal const uint SHN_MASK = 3 << 14;
    internal const uint IOSQES = 6 << 16;
    internal const uint IOCQES = 4 << 20;
}
