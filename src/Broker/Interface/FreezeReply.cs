namespace Devices.Broker;

/// <summary>What <c>Freeze</c> returns.</summary>
internal sealed record FreezeReply(SessionReport Session);
