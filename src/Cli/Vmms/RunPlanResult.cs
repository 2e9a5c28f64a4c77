namespace Devices.Cli;

/// <summary>What <c>devkeep run</c> would do: <c>--dry-run</c>.</summary>
internal sealed record RunPlanResult(IReadOnlyList<string> Command, IReadOnlyList<string> Devices, ulong? Memory, string? User, string? Broker, IReadOnlyList<VmmMemory> Memories);
