namespace Devices.CloudHypervisor;

/// <summary>A VFIO device in a VM's configuration.</summary>
internal sealed record VmDevice(string? Id = null);
