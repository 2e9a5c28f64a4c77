namespace Devices.LiveUpdate.Protocol;

internal sealed record SessionMessage(string Name, bool Incoming, DateTimeOffset Since);
