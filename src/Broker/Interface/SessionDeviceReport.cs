namespace Devices.Broker;

/// <summary>A device of a session for the client that restores it: <c>Device</c> of the interface.</summary>
internal sealed record SessionDeviceReport(string Address, bool Mine, string? Cause, string? Remedy);
