namespace Devices.CloudHypervisor;

/// <summary>A device that a restored VM gets by descriptor.</summary>
internal sealed record RestoredDeviceFd(string Id, int Fd);
