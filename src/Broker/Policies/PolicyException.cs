namespace Devices.Broker;

/// <summary>A policy is refused: which file, where in it, and why.</summary>
internal sealed class PolicyException(string path, string problem, Exception? inner = null) : Exception($"The policy {path} is refused: {problem}", inner);
