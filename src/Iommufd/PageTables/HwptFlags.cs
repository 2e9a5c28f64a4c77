namespace Devices.Iommufd;

/// <summary>What an HWPT is for (<c>enum iommufd_hwpt_alloc_flags</c>).</summary>
[Flags]
public enum HwptFlags
{
    /// <summary>To attach devices to, no more.</summary>
    None = 0,
    /// <summary>To be the second stage below page tables of a guest (<c>IOMMU_HWPT_ALLOC_NEST_PARENT</c>).</summary>
    NestParent = 1 << 0,
    /// <summary>To tell which pages devices wrote; only devices behind an IOMMU that can tell attach to it (<c>IOMMU_HWPT_ALLOC_DIRTY_TRACKING</c>).</summary>
    DirtyTracking = 1 << 1,
    /// <summary>
    /// To be attached to a PASID, or to a device whose PASIDs are attached elsewhere (<c>IOMMU_HWPT_ALLOC_PASID</c>). (1 &lt;&lt; 2 says
    /// that there is a fault queue, which a parameter says here.)
    /// </summary>
    Pasid = 1 << 3,
}
