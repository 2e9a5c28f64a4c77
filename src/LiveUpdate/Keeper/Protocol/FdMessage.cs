namespace Devices.LiveUpdate.Protocol;

internal sealed record FdMessage(string Name, string Kind, string Target, DateTimeOffset Since, string? Session, ulong? Token);
