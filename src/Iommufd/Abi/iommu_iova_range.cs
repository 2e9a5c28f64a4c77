namespace Devices.Iommufd;

internal struct iommu_iova_range
{
    public ulong start;
    public ulong last;
}
