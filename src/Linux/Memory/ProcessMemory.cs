using Devices.Linux.Abi;

namespace Devices.Linux;

/// <summary>This process's memory as a whole.</summary>
public static class ProcessMemory
{
    private const int Current = 1;
    private const int Future = 2;

    /// <summary>Keeps all pages of the process, now and later, in RAM.</summary>
    /// <returns><see cref="Errno.None"/>, or ENOMEM or EPERM where <c>RLIMIT_MEMLOCK</c> forbids it.</returns>
    /// <remarks><c>mlockall(MCL_CURRENT | MCL_FUTURE)</c>.</remarks>
    public static Errno TryLockAll() => Libc.mlockall(Current | Future) == 0 ? Errno.None : Libc.LastErrno;

    /// <summary>Lets the process, and the program that it becomes, lock or pin more memory. A limit that is higher already stays.</summary>
    /// <param name="bytes">How much it has to be allowed at least.</param>
    /// <param name="former">The limit before, in bytes; null where there was none.</param>
    /// <returns><see cref="Errno.None"/>; EPERM: beyond the hard limit, and the process lacks CAP_SYS_RESOURCE.</returns>
    /// <remarks><c>setrlimit(RLIMIT_MEMLOCK)</c>.</remarks>
    /// <exception cref="LinuxException">The limit cannot be read.</exception>
    public static unsafe Errno TryRaiseLockLimit(ulong bytes, out ulong? former)
    {
        rlimit limit;
        if (Libc.getrlimit(Libc.RLIMIT_MEMLOCK, &limit) != 0) throw new LinuxException(Libc.LastErrno, "getrlimit(RLIMIT_MEMLOCK)", "this process");
        former = limit.rlim_cur == Libc.RLIM_INFINITY ? null : limit.rlim_cur;
        if (limit.rlim_cur >= bytes) return Errno.None;
        limit.rlim_cur = bytes;
        limit.rlim_max = Math.Max(limit.rlim_max, bytes);
        return Libc.setrlimit(Libc.RLIMIT_MEMLOCK, &limit) == 0 ? Errno.None : Libc.LastErrno;
    }
}
