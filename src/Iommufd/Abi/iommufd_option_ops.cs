namespace Devices.Iommufd;

internal enum iommufd_option_ops : ushort
{
    IOMMU_OPTION_OP_SET = 0,
    IOMMU_OPTION_OP_GET = 1,
}
