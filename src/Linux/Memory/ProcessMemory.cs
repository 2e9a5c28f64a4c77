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
}
