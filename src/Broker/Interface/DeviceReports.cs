namespace Devices.Broker;

/// <summary>What <c>List</c>, <c>Claim</c> and <c>Release</c> return.</summary>
internal sealed record DeviceReports(IReadOnlyList<DeviceReport> Devices);
