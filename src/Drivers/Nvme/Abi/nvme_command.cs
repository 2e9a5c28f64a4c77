using System.Runtime.InteropServices;

namespace Devices.Drivers.Abi;

/// <summary>A submission queue entry: <c>struct nvme_common_command</c> of linux/nvme.h with its PRP pointers. 64 bytes, little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Size = SizeInBytes)]
internal struct nvme_command
{
    internal const int SizeInBytes = 64;

    internal byte opcode;
    internal byte flags;
    internal ushort command_id;
    internal uint nsid;
    internal uint cdw2;
    internal uint cdw3;
    internal ulong metadata;
    internal ulong prp1;
    internal ulong prp2;
    internal uint cdw10;
    internal uint cdw11;
    internal uint cdw12;
    internal uint cdw13;
    internal uint cdw14;
    internal uint cdw15;
}
