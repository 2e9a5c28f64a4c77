namespace Devices.CloudHypervisor;

/// <summary>A VM's configuration, as far as it is used.</summary>
internal sealed record VmConfig(VmPlatform? Platform = null, IReadOnlyList<VmDevice>? Devices = null);
