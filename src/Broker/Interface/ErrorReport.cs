namespace Devices.Broker;

/// <summary>What an error about a device carries.</summary>
internal sealed record ErrorReport(string? Device, string Cause, string Remedy);
