namespace Devices.CloudHypervisor;

/// <summary>What <c>vm.add-device</c> takes. There is no path: the descriptor goes with the request.</summary>
internal sealed record DeviceConfig(string Id);
