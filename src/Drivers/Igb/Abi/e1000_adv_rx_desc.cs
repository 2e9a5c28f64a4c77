using System.Runtime.InteropServices;

namespace Devices.Drivers.Abi;

/// <summary>A receive descriptor: <c>union e1000_adv_rx_desc</c> of the kernel's e1000_82575.h, as it is read. 16 bytes, little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Size = SizeInBytes)]
internal struct e1000_adv_rx_desc
{
    internal const int SizeInBytes = 16;

    /// <summary>Where the device writes <c>wb.upper.status_error</c> when the buffer is full, or the frame's end.</summary>
    internal const int StatusOffset = 8;

    /// <summary>Where it writes <c>wb.upper.length</c>: 16 bits.</summary>
    internal const int LengthOffset = 12;

    internal ulong pkt_addr;
    internal ulong hdr_addr;
}
