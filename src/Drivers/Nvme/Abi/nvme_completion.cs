using System.Runtime.InteropServices;

namespace Devices.Drivers.Abi;

/// <summary>A completion queue entry: <c>struct nvme_completion</c> of linux/nvme.h. 16 bytes, little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Size = SizeInBytes)]
internal struct nvme_completion
{
    internal const int SizeInBytes = 16;

    /// <summary>Where <see cref="status"/> lies, whose lowest bit is the phase tag: it is read first.</summary>
    internal const int StatusOffset = 14;

    internal ulong result;
    internal ushort sq_head;
    internal ushort sq_id;
    internal ushort command_id;
    internal ushort status;
}
