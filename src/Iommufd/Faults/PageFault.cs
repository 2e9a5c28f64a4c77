namespace Devices.Iommufd;

/// <summary>A page that a device asks for.</summary>
/// <param name="Address">The address that it wants to access.</param>
/// <param name="Access">How.</param>
/// <param name="Length">How many bytes it is going to access, as a hint; 0 if it does not say.</param>
/// <param name="IsLast">Whether it is the last of its group.</param>
public readonly record struct PageFault(Iova Address, PageFaultAccess Access, uint Length, bool IsLast);
