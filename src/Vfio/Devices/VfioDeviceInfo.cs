using System.Runtime.InteropServices;
using Devices.Linux;

namespace Devices.Vfio;

/// <summary>What a VFIO device says of itself (<c>VFIO_DEVICE_GET_INFO</c>).</summary>
/// <param name="Flags">What it is and can do.</param>
/// <param name="RegionCount">Highest region index + 1.</param>
/// <param name="InterruptIndexCount">Highest interrupt index + 1.</param>
/// <param name="Capabilities">The chain: <c>VFIO_DEVICE_INFO_CAP_*</c>, such as 5 for PCIe AtomicOp completion.</param>
public sealed record VfioDeviceInfo(
    VfioDeviceFlags Flags,
    int RegionCount,
    int InterruptIndexCount,
    IReadOnlyList<VfioInfoCapability> Capabilities)
{
    internal static unsafe VfioDeviceInfo Read(FileDescriptor fd, string subject)
    {
        var buffer = VfioIoctl.Query(fd, default(vfio_device_info), subject);
        var info = MemoryMarshal.Read<vfio_device_info>(buffer);
        var flags = (VfioDeviceFlags)info.flags;
        var chain = flags.HasFlag(VfioDeviceFlags.Capabilities) ? info.cap_offset : 0;
        return new VfioDeviceInfo(
            flags,
            checked((int)info.num_regions),
            checked((int)info.num_irqs),
            VfioInfoCapabilities.Read(buffer, chain, sizeof(vfio_device_info), subject));
    }
}
