namespace Devices.Linux;

/// <summary>Who is at the other end of a Unix socket, as the kernel recorded when it connected (<c>SO_PEERCRED</c>).</summary>
/// <param name="ProcessId">The process's id.</param>
/// <param name="UserId">Its effective user id.</param>
/// <param name="GroupId">Its effective group id.</param>
public readonly record struct PeerCredentials(int ProcessId, uint UserId, uint GroupId);
