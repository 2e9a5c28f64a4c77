namespace Devices.Broker;

/// <summary>What <c>NotReady</c> of a session carries.</summary>
internal sealed record SessionNotReadyReport(string Session, string Device, string Cause, string Remedy, IReadOnlyList<HolderReport> Holders);
