namespace Devices.Broker;

/// <summary>What <c>Preserve</c> returns.</summary>
internal sealed record PreserveReply(SessionReport Session, IReadOnlyList<FindingReport> Notes);
