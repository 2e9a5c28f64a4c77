namespace Devices.Broker;

/// <summary>A device of a session: <c>KeptDevice</c> of the interface.</summary>
internal sealed record KeptDeviceReport(string Address, string Id, KeptTier Tier);
