namespace Devices.Cli;

/// <summary>Memory of a client's session.</summary>
internal sealed record ClientSessionMemory(string Name, long Size);
