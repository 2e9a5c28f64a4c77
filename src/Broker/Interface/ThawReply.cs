namespace Devices.Broker;

/// <summary>What <c>Thaw</c> returns.</summary>
internal sealed record ThawReply(SessionReport Session, IReadOnlyList<SessionDeviceReport> Devices);
