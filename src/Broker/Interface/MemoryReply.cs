namespace Devices.Broker;

/// <summary>What <c>CreateMemory</c> returns.</summary>
internal sealed record MemoryReply(int Fd);
