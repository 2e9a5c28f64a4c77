namespace Devices.Broker;

/// <summary>Something that happened.</summary>
internal sealed record BrokerEvent(Happening What, DateTimeOffset Time, DeviceFacts? Device, ClientReport? Client, string? Cause)
{
    /// <summary>The session of live update that it is about, and whose that is; null for none.</summary>
    internal (string Name, SessionOwner Owner)? Session { get; init; }
}
