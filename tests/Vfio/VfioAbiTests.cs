using Devices.Linux;
using Devices.Vfio;

namespace Devices.Tests.Vfio;

/// <summary>Sizes and numbers, as a C program printed them from <c>linux/vfio.h</c> of Linux 7.3.</summary>
public class VfioAbiTests
{
    [Fact]
    public void Structs_have_their_size_and_calls_their_number()
    {
        Check<vfio_device_info>(24, 0x3b6b, "VFIO_DEVICE_GET_INFO");
        Check<vfio_region_info>(32, 0x3b6c, "VFIO_DEVICE_GET_REGION_INFO");
        Check<vfio_irq_info>(16, 0x3b6d, "VFIO_DEVICE_GET_IRQ_INFO");
        Check<vfio_irq_set>(20, 0x3b6e, "VFIO_DEVICE_SET_IRQS");
        Check<vfio_device_bind_iommufd>(24, 0x3b76, "VFIO_DEVICE_BIND_IOMMUFD");
        Check<vfio_device_attach_iommufd_pt>(16, 0x3b77, "VFIO_DEVICE_ATTACH_IOMMUFD_PT");
        Check<vfio_device_detach_iommufd_pt>(12, 0x3b78, "VFIO_DEVICE_DETACH_IOMMUFD_PT");
        Check<vfio_group_status>(8, 0x3b67, "VFIO_GROUP_GET_STATUS");
        Check<vfio_iommu_type1_info>(24, 0x3b70, "VFIO_IOMMU_GET_INFO");
        Check<vfio_iommu_type1_dma_map>(32, 0x3b71, "VFIO_IOMMU_MAP_DMA");
        Check<vfio_iommu_type1_dma_unmap>(24, 0x3b72, "VFIO_IOMMU_UNMAP_DMA");
        Check<vfio_iommu_type1_dirty_bitmap>(8, 0x3b75, "VFIO_IOMMU_DIRTY_PAGES");
        Assert.Equal(24, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_bitmap>());
        Assert.Equal(40, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_iommu_type1_dirty_bitmap_get>());
        Assert.Equal(16, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_iova_range>());
        Assert.Equal(0x3b64u, VfioIoctl.VFIO_GET_API_VERSION);
        Assert.Equal(0x3b65u, VfioIoctl.VFIO_CHECK_EXTENSION);
        Assert.Equal(0x3b66u, VfioIoctl.VFIO_SET_IOMMU);
        Assert.Equal(0x3b68u, VfioIoctl.VFIO_GROUP_SET_CONTAINER);
        Assert.Equal(0x3b6au, VfioIoctl.VFIO_GROUP_GET_DEVICE_FD);
        Assert.Equal(0x3b6fu, VfioIoctl.VFIO_DEVICE_RESET);
        Assert.Equal(8, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_info_cap_header>());
        Assert.Equal(16, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_region_sparse_mmap_area>());
        Assert.Equal(16, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_region_info_cap_sparse_mmap>());
        Assert.Equal(16, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_region_info_cap_type>());
    }

    private static void Check<T>(int size, uint request, string name)
        where T : unmanaged, IIoctl
    {
        Assert.Equal(size, System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        Assert.Equal(request, T.Request);
        Assert.Equal(name, T.Name);
    }
}
