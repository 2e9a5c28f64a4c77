namespace Devices.Cli;

/// <summary>What <c>List</c> returns.</summary>
internal sealed record ClientSessionList(IReadOnlyList<ClientSession> Sessions, bool OutlivesService, long MemoryLeft);
