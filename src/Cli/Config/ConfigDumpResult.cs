namespace Devices.Cli;

/// <summary>What <c>devkeep config dump</c> gathers.</summary>
/// <param name="Functions">In the order asked for.</param>
internal sealed record ConfigDumpResult(IReadOnlyList<DumpedFunction> Functions);
