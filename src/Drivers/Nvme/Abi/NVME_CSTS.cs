namespace Devices.Drivers.Abi;

/// <summary>Controller Status: <c>NVME_CSTS_*</c> of linux/nvme.h.</summary>
internal static class NVME_CSTS
{
    internal const uint RDY = 1 << 0;
    internal const uint CFS = 1 << 1;
    internal const uint SHST_CMPLT = 2 << 2;
    internal const uint SHST_MASK = 3 << 2;
    internal const uint NSSRO = 1 << 4;
}
