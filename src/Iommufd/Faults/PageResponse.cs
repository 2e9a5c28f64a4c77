namespace Devices.Iommufd;

/// <summary>The answer to a page fault (PCIe 10.4.2.1; <c>enum iommufd_page_response_code</c>).</summary>
public enum PageResponse
{
    /// <summary>The pages are there now: the device tries again.</summary>
    Success = 0,
    /// <summary>They will not be: the device must not try again.</summary>
    Invalid = 1,
}
