namespace Devices.Cli;

/// <summary>A device, and the index of its descriptor.</summary>
internal sealed record BrokerOpenedDevice(string Address, int Fd);
