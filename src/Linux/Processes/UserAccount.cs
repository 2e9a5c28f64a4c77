using System.Globalization;
using Mono.Unix.Native;

namespace Devices.Linux;

/// <summary>A user of the system, as its user database has it.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="UserId">The user's id.</param>
/// <param name="GroupId">The id of the user's own group.</param>
public sealed record UserAccount(string Name, uint UserId, uint GroupId)
{
    /// <summary>Whether this process runs as this user.</summary>
    /// <remarks><c>geteuid(2)</c>.</remarks>
    public bool IsCurrent => UserId == Libc.geteuid();

    /// <summary>Finds a user.</summary>
    /// <param name="nameOrId">The name or the number.</param>
    /// <returns>The user, or null if the system has none such.</returns>
    /// <remarks><c>getpwnam(3)</c>, <c>getpwuid(3)</c>.</remarks>
    public static UserAccount? Find(string nameOrId)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrId);
        var entry = uint.TryParse(nameOrId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Syscall.getpwuid(id) : Syscall.getpwnam(nameOrId);
        return entry is null ? null : new UserAccount(entry.pw_name, entry.pw_uid, entry.pw_gid);
    }
}
