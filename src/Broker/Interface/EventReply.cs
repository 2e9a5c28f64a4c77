namespace Devices.Broker;

/// <summary>What <c>Watch</c> returns again and again.</summary>
internal sealed record EventReply(EventReport Event);
