namespace Devices.HwTests.Runner;

/// <summary>The command line, or the tests' own declarations, ask for what cannot be.</summary>
internal sealed class UsageException(string message) : Exception(message);
