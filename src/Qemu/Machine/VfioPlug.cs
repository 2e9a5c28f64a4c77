using Devices.Linux;

namespace Devices.Qemu;

/// <summary>A VFIO device to be plugged in. The descriptors stay the caller's: QEMU gets duplicates.</summary>
/// <param name="Id">What QEMU is to call it: a letter, then letters, digits, <c>-</c>, <c>.</c>, <c>_</c>.</param>
/// <param name="Device">Its open file, not bound: QEMU binds it, and a device is bound once.</param>
/// <param name="Iommufd">An iommufd, for a machine that has none yet.</param>
public sealed record VfioPlug(string Id, FileDescriptor Device, FileDescriptor Iommufd)
{
    /// <summary>The bus: a <c>pcie-root-port</c> that is free. Null for QEMU's own choice, which is the root bus, where PCI Express devices cannot be plugged in.</summary>
    public string? Bus { get; init; }

    /// <summary>
    /// What the device belongs to by being open: the connection to devkeepd that claimed it. QEMU holds it until the device is unplugged, or
    /// itself ends. Null for none.
    /// </summary>
    public FileDescriptor? Claim { get; init; }
}
