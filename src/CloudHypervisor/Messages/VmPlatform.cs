namespace Devices.CloudHypervisor;

/// <summary>Of a VM's platform what is used.</summary>
internal sealed record VmPlatform(bool? Iommufd = null);
