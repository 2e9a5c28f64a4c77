namespace Devices.Broker;

/// <summary>The session that a call is about.</summary>
internal sealed record SessionRequest(string Session);
