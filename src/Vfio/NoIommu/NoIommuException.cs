using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>
/// A device has no IOMMU before it, and was asked for as if it had: its DMA would reach all of the machine's memory, and an IOVA would
/// be taken for a physical address. What is done with such a device goes through <see cref="UnsafeNoIommu"/>.
/// </summary>
public sealed class NoIommuException : InvalidOperationException
{
    private const string GroupName = "vfio-noiommu";
    private const string CdevPrefix = "noiommu-";

    /// <summary>Creates the exception.</summary>
    /// <param name="device">The device.</param>
    public NoIommuException(PciAddress device)
        : base($"{device} has no IOMMU before it: whatever drives it could overwrite any memory of this machine. "
            + $"Enable the IOMMU (in the firmware, and intel_iommu=on or amd_iommu=on); or, where that risk is accepted, use {nameof(UnsafeNoIommu)}.")
        => Device = device;

    /// <summary>The device.</summary>
    public PciAddress Device { get; }

    /// <summary>Whether the kernel made up the function's group, as it does without an IOMMU (sysfs <c>iommu_group/name</c>).</summary>
    internal static bool HasGroup(PciFunction function)
    {
        var path = Path.Combine(function.SysfsPath, "iommu_group", "name");
        var name = KernelFile.TryReadText(path, out var errno);
        return name is not null || errno is Errno.ENOENT or Errno.ENOTDIR ? name?.TrimEnd() == GroupName : throw new LinuxException(errno, "open", path);
    }

    /// <summary>Whether a character device's name or path is that of a device without an IOMMU.</summary>
    internal static bool IsCdev(string name) => Path.GetFileName(name).StartsWith(CdevPrefix, StringComparison.Ordinal);

    internal static void ThrowIfGroup(PciFunction function)
    {
        if (HasGroup(function)) throw new NoIommuException(function.Address);
    }
}
