namespace Devices.Cli;

/// <summary>Memory that the keeper holds under a name of its own.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Allocated">The bytes that memory was allocated for; a session allocates the rest.</param>
/// <param name="Since">Since when the keeper holds it, UTC.</param>
/// <param name="Session">The session that carries it, or null.</param>
/// <param name="UsedBy">The processes that have it open or mapped, besides the keeper.</param>
/// <param name="Sha256">The checksum of its content, hexadecimal; null if that was not asked for.</param>
internal sealed record NamedMemoryResult(string Name, ulong Length, ulong Allocated, DateTimeOffset Since, string? Session, IReadOnlyList<string> UsedBy, string? Sha256);
