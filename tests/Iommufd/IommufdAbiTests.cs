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
        Check<iommu_hw_info>(40, 0x3b8a, "IOMMU_GET_HW_INFO");
        Check<iommu_ioas_map_file>(40, 0x3b8f, "IOMMU_IOAS_MAP_FILE");
        Assert.Equal(16, System.Runtime.CompilerServices.Unsafe.SizeOf<iommu_iova_range>());
    }

    private static void Check<T>(int size, uint request, string name)
        where T : unmanaged, IIoctl
    {
        Assert.Equal(size, System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        Assert.Equal(request, T.Request);
        Assert.Equal(name, T.Name);
    }
}
