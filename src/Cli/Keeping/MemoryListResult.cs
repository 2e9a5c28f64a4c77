namespace Devices.Cli;

/// <summary>What <c>devkeep memory list</c> shows.</summary>
internal sealed record MemoryListResult(IReadOnlyList<NamedMemoryResult> Memory);
