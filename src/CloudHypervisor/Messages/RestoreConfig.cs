namespace Devices.CloudHypervisor;

/// <summary>
/// What <c>vm.restore</c> takes. Numbers of descriptors mean nothing between processes: each only says that one comes with the request, in this order:
/// the devices, then the iommufd.
/// </summary>
internal sealed record RestoreConfig(string SourceUrl, IReadOnlyList<RestoredDeviceFd>? VfioFds, int? IommufdFd, bool Resume);
