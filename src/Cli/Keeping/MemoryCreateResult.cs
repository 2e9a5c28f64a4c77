namespace Devices.Cli;

/// <summary>What <c>devkeep memory create</c> did: name and bytes.</summary>
internal sealed record MemoryCreateResult(string Name, ulong Length);
