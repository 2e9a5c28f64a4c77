namespace Devices.Drivers.Abi;

/// <summary>Register offsets in BAR 0: <c>NVME_REG_*</c> of linux/nvme.h.</summary>
internal static class NVME_REG
{
    internal const uint CAP = 0x00;
    internal const uint VS = 0x08;
    internal const uint INTMS = 0x0c;
    internal const uint CC = 0x14;
    internal const uint CSTS = 0x1c;
    internal const uint AQA = 0x24;
    internal const uint ASQ = 0x28;
    internal const uint ACQ = 0x30;
    internal const uint DBS = 0x1000;
}
