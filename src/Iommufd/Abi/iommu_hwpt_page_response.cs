namespace Devices.Iommufd;

internal struct iommu_hwpt_page_response
{
    public uint cookie;
    public uint code;
}
