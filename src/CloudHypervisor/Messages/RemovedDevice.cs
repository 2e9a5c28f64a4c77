namespace Devices.CloudHypervisor;

/// <summary>What <c>vm.remove-device</c> takes.</summary>
internal sealed record RemovedDevice(string Id);
