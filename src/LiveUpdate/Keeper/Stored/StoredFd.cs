namespace Devices.LiveUpdate.Stored;

/// <summary>A descriptor of a keeper that the service manager has too.</summary>
/// <param name="Key">The number in the name that the manager has it by.</param>
/// <param name="Name">Its name in the keeper.</param>
/// <param name="Since">Since when the keeper holds it.</param>
/// <param name="Session">The session that it was preserved in or retrieved from; null for neither.</param>
/// <param name="Token">Its number in that session.</param>
/// <param name="Incoming">Whether it was retrieved.</param>
internal sealed record StoredFd(long Key, string Name, DateTimeOffset Since, string? Session, ulong? Token, bool Incoming);
