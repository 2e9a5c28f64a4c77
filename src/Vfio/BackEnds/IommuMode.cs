namespace Devices.Vfio;

/// <summary>By which of the kernel's interfaces user space reaches the IOMMU: the modes of the kernel's own VFIO selftests.</summary>
public enum IommuMode
{
    /// <summary>Devices by their own files, address spaces of an iommufd: what can be preserved over a live update.</summary>
    Iommufd,
    /// <summary>Groups in a container (<c>/dev/vfio/vfio</c>, <c>VFIO_TYPE1v2_IOMMU</c>).</summary>
    Type1v2,
    /// <summary>The same by the older rules of unmapping (<c>VFIO_TYPE1_IOMMU</c>), and without tracking of dirty pages.</summary>
    Type1,
    /// <summary>Groups in an iommufd that stands for a container (<c>/dev/iommu</c>, <c>VFIO_TYPE1v2_IOMMU</c>).</summary>
    IommufdCompatType1v2,
    /// <summary>The same by the older rules of unmapping (<c>VFIO_TYPE1_IOMMU</c>), which cost it large pages.</summary>
    IommufdCompatType1,
}
