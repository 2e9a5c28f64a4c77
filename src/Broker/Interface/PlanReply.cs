namespace Devices.Broker;

/// <summary>What <c>Plan</c> returns.</summary>
internal sealed record PlanReply(bool Passed, IReadOnlyList<FindingReport> Findings);
