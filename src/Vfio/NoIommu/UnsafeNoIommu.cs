using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>
/// Devices without an IOMMU before them. UNSAFE: such a device can read and overwrite all memory, the kernel's too, and a mistake in the
/// program that drives it is enough. For tests on machines that can be lost. Nothing else in the toolkit opens one.
/// </summary>
/// <remarks>
/// The kernel offers them with <c>CONFIG_VFIO_NOIOMMU</c> and <c>vfio.enable_unsafe_noiommu_mode=1</c>, set before the device is bound to
/// vfio-pci, to processes with CAP_SYS_RAWIO, and is tainted from then on. Drivers of the toolkit do not take such a device: what they
/// program is IOVAs, which here would be physical addresses of somebody else's memory.
/// </remarks>
public static class UnsafeNoIommu
{
    private const string GroupPrefix = "noiommu-";

    /// <summary>Whether the kernel would give the device out without an IOMMU: it has none, and the kernel was told to.</summary>
    /// <param name="function">The function.</param>
    /// <remarks>sysfs <c>iommu_group/name</c> and <c>vfio-dev</c>.</remarks>
    public static bool IsOffered(PciFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return NoIommuException.HasGroup(function) || (function.VfioCdevName is { } name && NoIommuException.IsCdev(name));
    }

    /// <summary>Opens such a device by its own file, and binds it to an iommufd, by which memory can be pinned for it.</summary>
    /// <param name="function">The function, on vfio-pci.</param>
    /// <param name="context">The iommufd.</param>
    /// <remarks><c>open(2)</c> of <c>/dev/vfio/devices/noiommu-vfioN</c>, <c>VFIO_DEVICE_BIND_IOMMUFD</c>.</remarks>
    /// <exception cref="InvalidOperationException">An IOMMU stands before the device, or the kernel was not told to do without.</exception>
    /// <exception cref="LinuxException">EPERM: needs CAP_SYS_RAWIO.</exception>
    public static UnsafeNoIommuDevice Open(PciFunction function, IommuContext context)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(context);
        if (function.VfioCdevName is not { } name || !NoIommuException.IsCdev(name)) throw NotOffered(function, "/dev/vfio/devices/noiommu-vfioN");
        using var cdev = VfioCdev.OpenUnsafely(function, name);
        return cdev.BindUnsafely(context);
    }

    /// <summary>Opens such a device through its group: registers and interrupts, but nothing that would pin memory for it.</summary>
    /// <param name="function">The function, on vfio-pci.</param>
    /// <remarks><c>/dev/vfio/noiommu-N</c> in a container with <c>VFIO_NOIOMMU_IOMMU</c>, which the device keeps.</remarks>
    /// <exception cref="InvalidOperationException">An IOMMU stands before the device, or the kernel was not told to do without.</exception>
    /// <exception cref="LinuxException">EPERM: needs CAP_SYS_RAWIO.</exception>
    public static UnsafeNoIommuDevice OpenByGroup(PciFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (!NoIommuException.HasGroup(function)) throw NotOffered(function, "/dev/vfio/noiommu-N");
        using var container = VfioContainer.OpenFile(VfioInterfaces.ContainerPath);
        using var group = VfioGroup.Open(function, GroupPrefix);
        group.SetContainer(container, function);
        VfioContainer.SetIommu(container, VfioConstants.VFIO_NOIOMMU_IOMMU, $"{function.Address} (no-IOMMU)");
        return new UnsafeNoIommuDevice(group.OpenDevice(function, vfToken: null), new DeviceIdentity(function.Address), context: null);
    }

    private static InvalidOperationException NotOffered(PciFunction function, string file)
        => new($"{function.Address} has no {file}: an IOMMU stands before it, or it is not on vfio-pci, or the kernel was not told to do without an IOMMU "
            + "(CONFIG_VFIO_NOIOMMU, vfio.enable_unsafe_noiommu_mode=1 before the device is bound).");
}
