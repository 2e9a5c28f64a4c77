namespace Devices.Qemu;

/// <summary>What <c>device_add</c> takes for a VFIO device; the descriptor is the name that <c>getfd</c> gave it.</summary>
internal sealed record VfioDeviceArguments(string Driver, string Id, string Fd, string Iommufd, string? Bus);
