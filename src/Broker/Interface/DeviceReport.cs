namespace Devices.Broker;

/// <summary>A device as a client sees it: <c>Device</c> of the interface.</summary>
internal sealed record DeviceReport(
    string Address, string Id, string Class, long? IommuGroup, DeviceState State, bool Mine, string? Cause, string? Remedy, IReadOnlyList<HolderReport> Holders);
