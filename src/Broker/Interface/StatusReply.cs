namespace Devices.Broker;

/// <summary>What <c>Status</c> returns.</summary>
internal sealed record StatusReply(string Version, IReadOnlyList<ClientReport> Clients, long MemoryLeft);
