namespace Devices.Broker;

/// <summary>What <c>CreateMemory</c> takes.</summary>
internal sealed record MemoryRequest(string Name, long Size);
