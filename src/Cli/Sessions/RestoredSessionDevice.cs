namespace Devices.Cli;

/// <summary>A device of a restored session: this connection's, or why not.</summary>
internal sealed record RestoredSessionDevice(string Address, bool Mine, string? Cause, string? Remedy);
