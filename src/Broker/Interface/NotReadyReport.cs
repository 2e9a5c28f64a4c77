namespace Devices.Broker;

/// <summary>What <c>NotReady</c> carries.</summary>
internal sealed record NotReadyReport(string Device, string Cause, string Remedy, IReadOnlyList<HolderReport> Holders);
