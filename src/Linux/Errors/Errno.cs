namespace Devices.Linux;

/// <summary>Error numbers of Linux on x86-64, under the kernel's names (<c>include/uapi/asm-generic/errno*.h</c>).</summary>
public enum Errno
{
    /// <summary>No error.</summary>
    None = 0,
    /// <summary>Operation not permitted.</summary>
    EPERM = 1,
    /// <summary>No such file, token, session or object.</summary>
    ENOENT = 2,
    /// <summary>No such process.</summary>
    ESRCH = 3,
    /// <summary>Interrupted by a signal.</summary>
    EINTR = 4,
    /// <summary>I/O error.</summary>
    EIO = 5,
    /// <summary>No such device or address.</summary>
    ENXIO = 6,
    /// <summary>Argument list or structure too long.</summary>
    E2BIG = 7,
    /// <summary>Not an executable in a known format.</summary>
    ENOEXEC = 8,
    /// <summary>Bad file descriptor.</summary>
    EBADF = 9,
    /// <summary>No child process.</summary>
    ECHILD = 10,
    /// <summary>Try again: the operation would block.</summary>
    EAGAIN = 11,
    /// <summary>Out of memory.</summary>
    ENOMEM = 12,
    /// <summary>Permission denied.</summary>
    EACCES = 13,
    /// <summary>Bad address.</summary>
    EFAULT = 14,
    /// <summary>Device, file or resource busy.</summary>
    EBUSY = 16,
    /// <summary>Already exists.</summary>
    EEXIST = 17,
    /// <summary>Crosses devices or file systems.</summary>
    EXDEV = 18,
    /// <summary>No such device.</summary>
    ENODEV = 19,
    /// <summary>Not a directory.</summary>
    ENOTDIR = 20,
    /// <summary>Is a directory.</summary>
    EISDIR = 21,
    /// <summary>Invalid argument.</summary>
    EINVAL = 22,
    /// <summary>Too many open files in the system.</summary>
    ENFILE = 23,
    /// <summary>Too many open files in the process.</summary>
    EMFILE = 24,
    /// <summary>The file does not know this ioctl.</summary>
    ENOTTY = 25,
    /// <summary>File too large.</summary>
    EFBIG = 27,
    /// <summary>No space, or no entry, left.</summary>
    ENOSPC = 28,
    /// <summary>Illegal seek.</summary>
    ESPIPE = 29,
    /// <summary>Read-only file system.</summary>
    EROFS = 30,
    /// <summary>The other end is closed.</summary>
    EPIPE = 32,
    /// <summary>Result or value out of range.</summary>
    ERANGE = 34,
    /// <summary>Name too long.</summary>
    ENAMETOOLONG = 36,
    /// <summary>The kernel does not have this system call.</summary>
    ENOSYS = 38,
    /// <summary>No message of the kind asked for: no migration data for now.</summary>
    ENOMSG = 42,
    /// <summary>Value too large for its type.</summary>
    EOVERFLOW = 75,
    /// <summary>File descriptor of another kind than the call takes.</summary>
    EBADFD = 77,
    /// <summary>Message too long.</summary>
    EMSGSIZE = 90,
    /// <summary>Operation not supported.</summary>
    EOPNOTSUPP = 95,
    /// <summary>Address already in use.</summary>
    EADDRINUSE = 98,
    /// <summary>Address not available.</summary>
    EADDRNOTAVAIL = 99,
    /// <summary>The connection was closed before it was accepted.</summary>
    ECONNABORTED = 103,
    /// <summary>Connection reset by the other end.</summary>
    ECONNRESET = 104,
    /// <summary>No buffer space.</summary>
    ENOBUFS = 105,
    /// <summary>Not connected.</summary>
    ENOTCONN = 107,
    /// <summary>Too many descriptors are on their way between processes.</summary>
    ETOOMANYREFS = 109,
    /// <summary>Timed out.</summary>
    ETIMEDOUT = 110,
    /// <summary>Connection refused: nobody listens.</summary>
    ECONNREFUSED = 111,
    /// <summary>Operation in progress.</summary>
    EINPROGRESS = 115,
}
