namespace Devices.Broker;

/// <summary>What <c>LimitReached</c> carries.</summary>
internal sealed record LimitReport(string Cause, string Remedy, long Left);
