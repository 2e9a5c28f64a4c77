namespace Devices.CloudHypervisor;

/// <summary>Where the guest has a device.</summary>
/// <param name="Id">What Cloud Hypervisor calls it.</param>
/// <param name="Bdf">Its PCI address in the guest.</param>
public sealed record PlacedDevice(string Id, string Bdf);
