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
        Check<vfio_pci_hot_reset_info>(12, 0x3b70, "VFIO_DEVICE_GET_PCI_HOT_RESET_INFO");
        Check<vfio_pci_hot_reset>(12, 0x3b71, "VFIO_DEVICE_PCI_HOT_RESET");
        Check<vfio_device_ioeventfd>(32, 0x3b74, "VFIO_DEVICE_IOEVENTFD");
        Check<vfio_device_feature>(8, 0x3b75, "VFIO_DEVICE_FEATURE");
        Check<vfio_precopy_info>(24, 0x3b79, "VFIO_MIG_GET_PRECOPY_INFO");
        Assert.Equal(8, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_pci_dependent_device>());
        Assert.Equal(8, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_device_feature_migration>());
        Assert.Equal(8, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_device_feature_mig_state>());
        Assert.Equal(8, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_device_feature_mig_data_size>());
        Assert.Equal(8, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_device_low_power_entry_with_wakeup>());
        Assert.Equal(24, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_device_feature_dma_logging_control>());
        Assert.Equal(16, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_device_feature_dma_logging_range>());
        Assert.Equal(32, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_device_feature_dma_logging_report>());
        Assert.Equal(16, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_device_feature_dma_buf>());
        Assert.Equal(16, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_region_dma_range>());
        Assert.Equal(16, System.Runtime.CompilerServices.Unsafe.SizeOf<vfio_device_info_cap_pci_atomic_comp>());
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
