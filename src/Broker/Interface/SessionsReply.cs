namespace Devices.Broker;

/// <summary>What <c>List</c> of the sessions returns.</summary>
internal sealed record SessionsReply(IReadOnlyList<SessionReport> Sessions, bool OutlivesService, long MemoryLeft);
