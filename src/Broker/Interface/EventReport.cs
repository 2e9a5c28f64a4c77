namespace Devices.Broker;

/// <summary>Something that happened: <c>Event</c> of the interface.</summary>
internal sealed record EventReport(Happening Event, long Time, string? Device, ClientReport? Client, string? Cause, string? Session);
