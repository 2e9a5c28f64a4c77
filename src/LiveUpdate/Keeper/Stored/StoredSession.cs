namespace Devices.LiveUpdate.Stored;

/// <summary>A session of a keeper that the service manager has too.</summary>
/// <param name="Key">The number in the name that the manager has it by.</param>
/// <param name="Name">Its name.</param>
/// <param name="Since">Since when the keeper holds it.</param>
/// <param name="Incoming">Whether the previous kernel left it.</param>
internal sealed record StoredSession(long Key, string Name, DateTimeOffset Since, bool Incoming);
