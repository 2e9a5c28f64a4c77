namespace Devices.Preservation.Members;

/// <summary>The error <c>Failed</c>.</summary>
internal sealed record FailedMessage(string Cause, string? Remedy);
