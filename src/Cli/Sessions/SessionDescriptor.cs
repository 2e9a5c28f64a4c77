namespace Devices.Cli;

/// <summary>Memory, and the index of its descriptor in a message.</summary>
internal sealed record SessionDescriptor(string Name, int Fd);
