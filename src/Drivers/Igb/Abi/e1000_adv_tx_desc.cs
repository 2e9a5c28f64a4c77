using System.Runtime.InteropServices;

namespace Devices.Drivers.Abi;

/// <summary>A transmit descriptor: <c>union e1000_adv_tx_desc</c> of the kernel's e1000_82575.h, as it is read. 16 bytes, little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Size = SizeInBytes)]
internal struct e1000_adv_tx_desc
{
    internal const int SizeInBytes = 16;

    /// <summary>Where the device writes <c>wb.status</c> when it has read the frame.</summary>
    internal const int StatusOffset = 12;

    internal ulong buffer_addr;
    internal uint cmd_type_len;
    internal uint olinfo_status;
}
