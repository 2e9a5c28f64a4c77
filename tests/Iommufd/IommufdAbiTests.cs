using Devices.Iommufd;
using Devices.Linux;

namespace Devices.Tests.Iommufd;

/// <summary>Sizes and numbers, as a C program printed them from <c>linux/iommufd.h</c> of Linux 7.3.</summary>
public class IommufdAbiTests
{
    [Fact]
    public void Structs_have_their_size_and_calls_their_number()
    {
        Check<iommu_destroy>(8, 0x3b80, "IOMMU_DESTROY");
        Check<iommu_ioas_alloc>(12, 0x3b81, "IOMMU_IOAS_ALLOC");
        Check<iommu_ioas_allow_iovas>(24, 0x3b82, "IOMMU_IOAS_ALLOW_IOVAS");
        Check<iommu_ioas_copy>(40, 0x3b83, "IOMMU_IOAS_COPY");
        Check<iommu_ioas_iova_ranges>(32, 0x3b84, "IOMMU_IOAS_IOVA_RANGES");
        Check<iommu_ioas_map>(40, 0x3b85, "IOMMU_IOAS_MAP");
        Check<iommu_ioas_unmap>(24, 0x3b86, "IOMMU_IOAS_UNMAP");
        Check<iommu_option>(24, 0x3b87, "IOMMU_OPTION");
        Check<iommu_vfio_ioas>(12, 0x3b88, "IOMMU_VFIO_IOAS");
        Check<iommu_hwpt_alloc>(48, 0x3b89, "IOMMU_HWPT_ALLOC");
        Check<iommu_hw_info>(40, 0x3b8a, "IOMMU_GET_HW_INFO");
        Check<iommu_hwpt_set_dirty_tracking>(16, 0x3b8b, "IOMMU_HWPT_SET_DIRTY_TRACKING");
        Check<iommu_hwpt_get_dirty_bitmap>(48, 0x3b8c, "IOMMU_HWPT_GET_DIRTY_BITMAP");
        Check<iommu_hwpt_invalidate>(32, 0x3b8d, "IOMMU_HWPT_INVALIDATE");
        Check<iommu_fault_alloc>(16, 0x3b8e, "IOMMU_FAULT_QUEUE_ALLOC");
        Check<iommu_ioas_map_file>(40, 0x3b8f, "IOMMU_IOAS_MAP_FILE");
        Check<iommu_viommu_alloc>(40, 0x3b90, "IOMMU_VIOMMU_ALLOC");
        Check<iommu_vdevice_alloc>(24, 0x3b91, "IOMMU_VDEVICE_ALLOC");
        Check<iommu_ioas_change_process>(8, 0x3b92, "IOMMU_IOAS_CHANGE_PROCESS");
        Check<iommu_veventq_alloc>(32, 0x3b93, "IOMMU_VEVENTQ_ALLOC");
        Check<iommu_hw_queue_alloc>(40, 0x3b94, "IOMMU_HW_QUEUE_ALLOC");
        Check<iommu_ioas_noiommu_get_pa>(40, 0x3b95, "IOMMU_IOAS_NOIOMMU_GET_PA");
    }

    [Fact]
    public void Structs_that_calls_point_to_have_their_size()
    {
        Assert.Equal(16, Size<iommu_iova_range>());
        Assert.Equal(24, Size<iommu_hwpt_vtd_s1>());
        Assert.Equal(16, Size<iommu_hwpt_arm_smmuv3>());
        Assert.Equal(32, Size<iommu_hwpt_amd_guest>());
        Assert.Equal(24, Size<iommu_hw_info_vtd>());
        Assert.Equal(40, Size<iommu_hw_info_arm_smmuv3>());
        Assert.Equal(8, Size<iommu_hw_info_tegra241_cmdqv>());
        Assert.Equal(16, Size<iommu_hw_info_amd>());
        Assert.Equal(24, Size<iommu_hwpt_vtd_s1_invalidate>());
        Assert.Equal(16, Size<iommu_viommu_arm_smmuv3_invalidate>());
        Assert.Equal(40, Size<iommu_hwpt_pgfault>());
        Assert.Equal(8, Size<iommu_hwpt_page_response>());
        Assert.Equal(16, Size<iommu_viommu_tegra241_cmdqv>());
        Assert.Equal(8, Size<iommufd_vevent_header>());
        Assert.Equal(32, Size<iommu_vevent_arm_smmuv3>());
        Assert.Equal(16, Size<iommu_vevent_tegra241_cmdqv>());
    }

    private static int Size<T>()
        where T : unmanaged
        => System.Runtime.CompilerServices.Unsafe.SizeOf<T>();

    private static void Check<T>(int size, uint request, string name)
        where T : unmanaged, IIoctl
    {
        Assert.Equal(size, System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        Assert.Equal(request, T.Request);
        Assert.Equal(name, T.Name);
    }
}
