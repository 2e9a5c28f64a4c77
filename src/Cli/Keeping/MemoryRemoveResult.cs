namespace Devices.Cli;

/// <summary>What <c>devkeep memory remove</c> did.</summary>
/// <param name="Name">The memory's name.</param>
/// <param name="Session">The session that carries it all the same, or null.</param>
/// <param name="UsedBy">The processes that have it until they end.</param>
internal sealed record MemoryRemoveResult(string Name, string? Session, IReadOnlyList<string> UsedBy);
