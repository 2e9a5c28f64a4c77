namespace Devices.Broker;

/// <summary>What <c>Refused</c> carries.</summary>
internal sealed record RefusedReport(string Session, string Cause, string Remedy, IReadOnlyList<FindingReport> Findings);
