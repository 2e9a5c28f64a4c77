using System.Globalization;
using Devices.Linux.Abi;

namespace Devices.Linux;

/// <summary>What this process may do by its user, its groups and its capabilities; and how it gives that up for good.</summary>
public static unsafe class ProcessRights
{
    private const uint CapabilityVersion3 = 0x20080522; // _LINUX_CAPABILITY_VERSION_3
    private const uint HighestCapability = 63;

    /// <summary>Whether the process runs as root.</summary>
    /// <remarks><c>geteuid(2)</c>.</remarks>
    public static bool IsRoot => Libc.geteuid() == 0;

    /// <summary>The user that the process runs as.</summary>
    /// <remarks><c>geteuid(2)</c>.</remarks>
    public static uint UserId => Libc.geteuid();

    /// <summary>The user who logged in, whoever the process has become since by <c>su</c> or <c>sudo</c>; null where nobody did, or the kernel has no audit.</summary>
    /// <remarks><c>/proc/self/loginuid</c>.</remarks>
    public static uint? LoginUserId =>
        KernelFile.TryReadText("/proc/self/loginuid", out _) is { } text && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var user) && user != uint.MaxValue ? user : null;

    /// <summary>
    /// Gives all rights up for good: becomes a user with that user's groups, on all threads, and leaves this thread, and the program that it
    /// becomes (<see cref="ProcessImage.Replace"/>), without a capability. That program gets none by its file either, nor by being root's. What is
    /// open stays open.
    /// </summary>
    /// <param name="user">The user; null to stay who one is.</param>
    /// <remarks>
    /// <c>prctl(PR_CAPBSET_DROP)</c>, <c>initgroups(3)</c>, <c>setresgid(2)</c>, <c>setresuid(2)</c> as the C library has them (the kernel's own are
    /// for one thread), <c>prctl(PR_CAP_AMBIENT_CLEAR_ALL)</c>, <c>capset(2)</c>, <c>prctl(PR_SET_NO_NEW_PRIVS)</c>.
    /// </remarks>
    /// <exception cref="LinuxException">EPERM: only root may become another user.</exception>
    public static void GiveUp(UserAccount? user)
    {
        // Who lacks CAP_SETPCAP keeps the bounding set; without new privileges nothing comes of it.
        for (nuint capability = 0; capability <= HighestCapability && Libc.prctl(Libc.PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; capability++)
        {
        }

        if (user is not null)
        {
            Check(Libc.initgroups(user.Name, user.GroupId), "setgroups", user);
            Check(Libc.setresgid(user.GroupId, user.GroupId, user.GroupId), "setresgid", user);
            Check(Libc.setresuid(user.UserId, user.UserId, user.UserId), "setresuid", user);
        }

        Check(Libc.prctl(Libc.PR_CAP_AMBIENT, Libc.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "prctl(PR_CAP_AMBIENT_CLEAR_ALL)", user);
        var header = new __user_cap_header_struct { version = CapabilityVersion3 };
        var none = stackalloc __user_cap_data_struct[2];
        none[0] = none[1] = default;
        Check(Libc.capset(&header, none), "capset", user);
        Check(Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)", user);
    }

    private static void Check(int result, string call, UserAccount? user)
    {
        if (result != 0) throw new LinuxException(Libc.LastErrno, call, user?.Name ?? "this process");
    }
}
