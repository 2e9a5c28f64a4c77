namespace Devices.Broker;

/// <summary>Something that happened.</summary>
internal sealed record BrokerEvent(Happening What, DateTimeOffset Time, DeviceFacts? Device, ClientReport? Client, string? Cause);
