namespace Devices.Cli;

/// <summary>What <c>devkeep session list</c> says, and the other session commands of the one that they are about.</summary>
/// <param name="Sessions">The sessions.</param>
internal sealed record SessionListResult(IReadOnlyList<SessionResult> Sessions);
