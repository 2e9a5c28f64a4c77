namespace Devices.Iommufd;

internal enum iommufd_page_response_code : uint
{
    IOMMUFD_PAGE_RESP_SUCCESS = 0,
    IOMMUFD_PAGE_RESP_INVALID = 1,
}
