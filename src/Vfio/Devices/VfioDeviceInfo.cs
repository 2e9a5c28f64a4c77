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
    /// <summary>The AtomicOps that the root port above completes for the device; none where it does not tell.</summary>
    /// <remarks><c>VFIO_DEVICE_INFO_CAP_PCI_ATOMIC_COMP</c>.</remarks>
    public AtomicOps AtomicCompletion { get; } = ReadAtomicOps(Capabilities);

    internal static unsafe VfioDeviceInfo Read(FileDescriptor fd, string subject)
    {
        var buffer = VfioIoctl.Query(fd, default(vfio_device_info), subject, out var info);
        var flags = (VfioDeviceFlags)info.flags;
        var chain = flags.HasFlag(VfioDeviceFlags.Capabilities) ? info.cap_offset : 0;
        return new VfioDeviceInfo(
            flags,
            checked((int)info.num_regions),
            checked((int)info.num_irqs),
            VfioInfoCapabilities.Read(buffer, chain, sizeof(vfio_device_info), subject));
    }

    private static AtomicOps ReadAtomicOps(IReadOnlyList<VfioInfoCapability> capabilities)
    {
        var capability = capabilities.FirstOrDefault(capability => capability.Id == VfioConstants.VFIO_DEVICE_INFO_CAP_PCI_ATOMIC_COMP);
        if (capability is null) return AtomicOps.None;
        if (capability.Data.Length < sizeof(uint)) throw new InvalidDataException("The AtomicOp completion capability is cut short.");
        return (AtomicOps)MemoryMarshal.Read<uint>(capability.Data.Span);
    }
}
