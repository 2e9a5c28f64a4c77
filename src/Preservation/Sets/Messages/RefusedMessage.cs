namespace Devices.Preservation.Members;

/// <summary>The error <c>Refused</c>.</summary>
internal sealed record RefusedMessage(string Cause, string? Remedy, IReadOnlyList<FindingMessage> Findings);
