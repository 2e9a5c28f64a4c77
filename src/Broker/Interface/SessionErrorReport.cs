namespace Devices.Broker;

/// <summary>What an error about a session carries.</summary>
internal sealed record SessionErrorReport(string? Session, string? Device, string Cause, string Remedy);
