using System.Runtime.InteropServices;
using Devices.Linux;

namespace Devices.HwTests.Vfio;

/// <summary><c>struct nvme_admin_cmd</c> of <c>linux/nvme_ioctl.h</c>, for the controller of the native driver.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NvmeAdminCommand : IIoctl
{
    internal byte Opcode;
    internal byte Flags;
    internal ushort Reserved;
    internal uint NamespaceId;
    internal uint Cdw2;
    internal uint Cdw3;
    internal ulong Metadata;
    internal ulong Address;
    internal uint MetadataLength;
    internal uint DataLength;
    internal uint Cdw10;
    internal uint Cdw11;
    internal uint Cdw12;
    internal uint Cdw13;
    internal uint Cdw14;
    internal uint Cdw15;
    internal uint TimeoutMs;
    internal uint Result;

    public static uint Request => Ioctl.IOWR<NvmeAdminCommand>((byte)'N', 0x41);

    public static string Name => "NVME_IOCTL_ADMIN_CMD";
}
