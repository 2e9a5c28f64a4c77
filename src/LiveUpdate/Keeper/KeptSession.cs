namespace Devices.LiveUpdate;

/// <summary>A live update session that a keeper holds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Direction">Outgoing or incoming.</param>
/// <param name="Since">Since when the keeper holds it.</param>
public sealed record KeptSession(SessionName Name, SessionDirection Direction, DateTimeOffset Since);
