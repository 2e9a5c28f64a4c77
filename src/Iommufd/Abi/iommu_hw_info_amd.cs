namespace Devices.Iommufd;

internal struct iommu_hw_info_amd
{
    public ulong efr;
    public ulong efr2;
}
