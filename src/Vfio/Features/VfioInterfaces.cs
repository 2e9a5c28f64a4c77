using Devices.Linux;

namespace Devices.Vfio;

/// <summary>The calls of VFIO, their flags and features that came later, each with the Linux that brought it.</summary>
/// <remarks>By the pull requests that brought include/uapi/linux/vfio.h and its additions into each release.</remarks>
public static class VfioInterfaces
{
    /// <summary>The folder of the devices' own files.</summary>
    public const string DevicesPath = "/dev/vfio/devices";

    /// <summary>The file of the containers.</summary>
    public const string ContainerPath = "/dev/vfio/vfio";

    /// <summary>All of them, the oldest first.</summary>
    public static KernelInterfaces All { get; } = new(
        KernelInterface.Named(nameof(VfioIoctl.VFIO_GET_API_VERSION), "3.6"),
        KernelInterface.Named(nameof(VfioIoctl.VFIO_CHECK_EXTENSION), "3.6"),
        KernelInterface.Named(nameof(VfioIoctl.VFIO_SET_IOMMU), "3.6"),
        KernelInterface.Call<vfio_iommu_type1_info>("3.6"),
        KernelInterface.Call<vfio_iommu_type1_dma_map>("3.6"),
        KernelInterface.Call<vfio_iommu_type1_dma_unmap>("3.6"),
        KernelInterface.Call<vfio_group_status>("3.6"),
        KernelInterface.Named(nameof(VfioIoctl.VFIO_GROUP_SET_CONTAINER), "3.6"),
        KernelInterface.Named(nameof(VfioIoctl.VFIO_GROUP_GET_DEVICE_FD), "3.6"),
        KernelInterface.Call<vfio_device_info>("3.6"),
        KernelInterface.Call<vfio_region_info>("3.6"),
        KernelInterface.Call<vfio_irq_info>("3.6"),
        KernelInterface.Call<vfio_irq_set>("3.6"),
        KernelInterface.Named(nameof(VfioIoctl.VFIO_DEVICE_RESET), "3.6"),
        KernelInterface.Call<vfio_pci_hot_reset_info>("3.12"),
        KernelInterface.Call<vfio_pci_hot_reset>("3.12"),
        KernelInterface.Call<vfio_device_ioeventfd>("4.17"),
        KernelInterface.Call<vfio_device_feature>("5.7"),
        Feature(VfioFeature.PciVfToken, "5.7"),
        KernelInterface.Call<vfio_iommu_type1_dirty_bitmap>("5.8"),
        Feature(VfioFeature.Migration, "5.18"),
        Feature(VfioFeature.MigrationDeviceState, "5.18"),
        Feature(VfioFeature.LowPowerEntry, "6.1"),
        Feature(VfioFeature.LowPowerEntryWithWakeup, "6.1"),
        Feature(VfioFeature.LowPowerExit, "6.1"),
        Feature(VfioFeature.DmaLoggingStart, "6.1"),
        Feature(VfioFeature.DmaLoggingStop, "6.1"),
        Feature(VfioFeature.DmaLoggingReport, "6.1"),
        KernelInterface.Call<vfio_precopy_info>("6.2"),
        Feature(VfioFeature.MigrationDataSize, "6.2"),
        KernelInterface.Named(DevicesPath, "6.6"),
        KernelInterface.Call<vfio_device_bind_iommufd>("6.6"),
        KernelInterface.Call<vfio_device_attach_iommufd_pt>("6.6"),
        KernelInterface.Call<vfio_device_detach_iommufd_pt>("6.6"),
        KernelInterface.Named(nameof(VfioConstants.VFIO_DEVICE_ATTACH_PASID), "6.15"),
        KernelInterface.Named(nameof(VfioConstants.VFIO_DEVICE_DETACH_PASID), "6.15"),
        KernelInterface.Named(nameof(VfioConstants.VFIO_DEVICE_BIND_FLAG_TOKEN), "6.17"),
        Feature(VfioFeature.DmaBuf, "6.19"),
        Feature(VfioFeature.MigrationPreCopyInfoV2, "7.1"));

    /// <summary>A feature's entry in <see cref="All"/>.</summary>
    /// <param name="feature">The feature.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is none that is known.</exception>
    public static KernelInterface Of(VfioFeature feature)
        => All.Find(VfioFeatures.NameOf(feature)) ?? throw new ArgumentOutOfRangeException(nameof(feature), feature, "No such feature is known.");

    private static KernelInterface Feature(VfioFeature feature, string since) => KernelInterface.Named(VfioFeatures.NameOf(feature), since);
}
