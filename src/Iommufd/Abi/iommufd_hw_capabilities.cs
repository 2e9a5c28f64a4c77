namespace Devices.Iommufd;

[Flags]
internal enum iommufd_hw_capabilities : ulong
{
    IOMMU_HW_CAP_DIRTY_TRACKING = 1 << 0,
    IOMMU_HW_CAP_PCI_PASID_EXEC = 1 << 1,
    IOMMU_HW_CAP_PCI_PASID_PRIV = 1 << 2,
    IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED = 1 << 3,
}
