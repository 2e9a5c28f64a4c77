namespace Devices.Cli;

/// <summary>What <c>CreateMemory</c> returns: the index of the descriptor.</summary>
internal sealed record BrokerMemory(int Fd);
