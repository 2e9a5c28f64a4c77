using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>The calls of iommufd, each with the Linux that brought it.</summary>
/// <remarks>By the pull requests that brought include/uapi/linux/iommufd.h and its additions into each release.</remarks>
public static class IommufdInterfaces
{
    /// <summary>The device file.</summary>
    public const string DevicePath = "/dev/iommu";

    /// <summary>All of them, the oldest first.</summary>
    public static KernelInterfaces All { get; } = new(
        KernelInterface.Named(DevicePath, "6.2"),
        KernelInterface.Call<iommu_destroy>("6.2"),
        KernelInterface.Call<iommu_ioas_alloc>("6.2"),
        KernelInterface.Call<iommu_ioas_iova_ranges>("6.2"),
        KernelInterface.Call<iommu_ioas_allow_iovas>("6.2"),
        KernelInterface.Call<iommu_ioas_map>("6.2"),
        KernelInterface.Call<iommu_ioas_copy>("6.2"),
        KernelInterface.Call<iommu_ioas_unmap>("6.2"),
        KernelInterface.Call<iommu_option>("6.2"),
        KernelInterface.Call<iommu_vfio_ioas>("6.2"),
        KernelInterface.Call<iommu_hwpt_alloc>("6.6"),
        KernelInterface.Call<iommu_hw_info>("6.6"),
        KernelInterface.Call<iommu_hwpt_set_dirty_tracking>("6.7"),
        KernelInterface.Call<iommu_hwpt_get_dirty_bitmap>("6.7"),
        KernelInterface.Call<iommu_hwpt_invalidate>("6.8"),
        KernelInterface.Call<iommu_fault_alloc>("6.11"),
        KernelInterface.Call<iommu_ioas_map_file>("6.13"),
        KernelInterface.Call<iommu_viommu_alloc>("6.13"),
        KernelInterface.Call<iommu_vdevice_alloc>("6.13"),
        KernelInterface.Call<iommu_ioas_change_process>("6.13"),
        KernelInterface.Call<iommu_veventq_alloc>("6.15"),
        KernelInterface.Call<iommu_hw_queue_alloc>("6.17"),
        KernelInterface.Call<iommu_ioas_noiommu_get_pa>("7.3"));
}
