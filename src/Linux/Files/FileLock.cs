namespace Devices.Linux;

/// <summary>A file that one holder at a time has locked, in this process or another; the kernel lets go of it when the holder ends, however it ends.</summary>
public sealed class FileLock : IDisposable
{
    private readonly FileDescriptor _file;

    private FileLock(FileDescriptor file) => _file = file;

    /// <summary>Waits until nobody else has the lock, and takes it.</summary>
    /// <param name="path">The file; made, for its owner alone, if it is not there. It stays when the lock is given back.</param>
    /// <returns>The lock, to be disposed.</returns>
    /// <remarks><c>flock(2)</c> with <c>LOCK_EX</c>: binds those alone who ask for it.</remarks>
    /// <exception cref="LinuxException">The file cannot be made or locked.</exception>
    public static FileLock Acquire(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var number = Libc.open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_CLOEXEC, Libc.OwnerReadsAndWrites);
        if (number < 0)
            throw new LinuxException(Libc.LastErrno, "open", path);
        var file = FileDescriptor.Adopt(number, path);
        while (Libc.flock(file, Libc.LOCK_EX) < 0)
        {
            // A signal that something handles, such as Ctrl-C: who waits for the lock goes on waiting.
            if (Libc.LastErrno is not Errno.EINTR and var errno)
            {
                file.Dispose();
                throw new LinuxException(errno, "flock", path);
            }
        }

        return new FileLock(file);
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => _file.Dispose();
}
