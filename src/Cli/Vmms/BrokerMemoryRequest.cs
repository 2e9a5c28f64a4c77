namespace Devices.Cli;

/// <summary>What <c>CreateMemory</c> takes: a name and bytes.</summary>
internal sealed record BrokerMemoryRequest(string Name, long Size);
