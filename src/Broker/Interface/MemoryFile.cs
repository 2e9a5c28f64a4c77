namespace Devices.Broker;

/// <summary>Memory and the index of its descriptor: <c>MemoryFile</c> of the sessions' interface.</summary>
internal sealed record MemoryFile(string Name, int Fd);
