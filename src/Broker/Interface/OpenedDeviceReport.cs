namespace Devices.Broker;

/// <summary>A device and the index of its descriptor: <c>OpenedDevice</c> of the interface.</summary>
internal sealed record OpenedDeviceReport(string Address, int Fd);
