using Microsoft.Win32.SafeHandles;

namespace Devices.Linux;

/// <summary>An open file, owned: the one way in which the toolkit holds a descriptor. Always close-on-exec.</summary>
public sealed unsafe class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    private FileDescriptor(int number, string subject)
        : base(ownsHandle: true)
    {
        SetHandle(number);
        Subject = subject;
    }

    /// <summary>The path, or a description of what is open: errors name it.</summary>
    public string Subject { get; }

    /// <summary>What the kernel says the descriptor is, e.g. <c>/dev/vfio/devices/vfio0</c> or <c>anon_inode:[luo_session] NAME</c>.</summary>
    /// <remarks><c>/proc/self/fd/N</c>.</remarks>
    /// <exception cref="LinuxException">There is no <c>/proc</c>, or the kernel is out of memory.</exception>
    public string LinkTarget
    {
        get
        {
            using var lease = Lease();
            return KernelFile.TryReadLink($"/proc/self/fd/{lease.Number}", out var errno) ?? throw new LinuxException(errno, "readlink /proc/self/fd", Subject);
        }
    }

    /// <summary>The file's length in bytes.</summary>
    /// <remarks><c>lseek(SEEK_END)</c>: moves the shared file position, which nothing here uses.</remarks>
    /// <exception cref="LinuxException">The file cannot seek.</exception>
    public long Length
    {
        get
        {
            var length = Libc.lseek(this, 0, Libc.SEEK_END);
            return length >= 0 ? length : throw Failure("lseek");
        }
    }

    internal int Number => (int)handle;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="mode">Read, write or both.</param>
    /// <param name="remedy">What to tell the user if it fails, or null.</param>
    /// <remarks><c>open(2)</c> with <c>O_CLOEXEC</c>.</remarks>
    /// <exception cref="LinuxException">The file cannot be opened.</exception>
    public static FileDescriptor Open(string path, OpenMode mode, string? remedy = null)
        => TryOpen(path, mode, out var errno) ?? throw new LinuxException(errno, "open", path, remedy);

    /// <summary>Opens a file, where failure is ordinary.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="mode">Read, write or both.</param>
    /// <param name="errno">Why it failed; <see cref="Errno.None"/> on success.</param>
    /// <returns>The descriptor, or null.</returns>
    public static FileDescriptor? TryOpen(string path, OpenMode mode, out Errno errno)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var number = Libc.open(path, (int)mode | Libc.O_CLOEXEC, 0);
        errno = number >= 0 ? Errno.None : Libc.LastErrno;
        return number >= 0 ? new FileDescriptor(number, path) : null;
    }

    /// <summary>Opens a file for writing at its end, wherever that is by then; it is made if there is none, for its owner alone.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="remedy">What to tell the user if it fails, or null.</param>
    /// <remarks><c>open(2)</c> with <c>O_APPEND</c>, <c>O_CREAT</c> and <c>O_CLOEXEC</c>: what is written in one call stays together.</remarks>
    /// <exception cref="LinuxException">The file cannot be opened.</exception>
    public static FileDescriptor OpenToAppend(string path, string? remedy = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var number = Libc.open(path, Libc.O_WRONLY | Libc.O_APPEND | Libc.O_CREAT | Libc.O_CLOEXEC, Libc.OwnerReadsAndWrites);
        return number >= 0 ? new FileDescriptor(number, path) : throw new LinuxException(Libc.LastErrno, "open", path, remedy);
    }

    /// <summary>Opens the same file anew: with a position and flags of its own, where a duplicate shares them.</summary>
    /// <param name="mode">How.</param>
    /// <remarks><c>open(2)</c> of <c>/proc/self/fd/N</c>.</remarks>
    /// <exception cref="LinuxException">EACCES: the file's mode does not let this user open it so.</exception>
    public FileDescriptor Reopen(OpenMode mode)
    {
        using var lease = Lease();
        return Open($"/proc/self/fd/{lease.Number}", mode);
    }

    /// <summary>Takes over a number that a system call has just returned to the caller, who gives it up.</summary>
    /// <param name="number">A descriptor that nobody else will close.</param>
    /// <param name="subject">What it is, for errors.</param>
    public static FileDescriptor Adopt(int number, string subject)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        return new FileDescriptor(number, subject);
    }

    /// <summary>Duplicates a number that belongs to somebody else: an inherited descriptor, say.</summary>
    /// <param name="borrowed">The number, which stays open.</param>
    /// <param name="subject">What it is, for errors.</param>
    /// <remarks><c>fcntl(F_DUPFD_CLOEXEC)</c>.</remarks>
    /// <exception cref="LinuxException">The number is not open, or too many files are.</exception>
    public static FileDescriptor DuplicateOf(int borrowed, string subject)
    {
        var number = Libc.fcntl_number(borrowed, Libc.F_DUPFD_CLOEXEC, 3);
        return number >= 0 ? new FileDescriptor(number, subject) : throw new LinuxException(Libc.LastErrno, "fcntl(F_DUPFD_CLOEXEC)", subject);
    }

    /// <summary>A second descriptor of the same open file, owned apart.</summary>
    /// <remarks><c>fcntl(F_DUPFD_CLOEXEC)</c>.</remarks>
    /// <exception cref="LinuxException">Too many files are open.</exception>
    public FileDescriptor Duplicate()
    {
        var number = Libc.fcntl(this, Libc.F_DUPFD_CLOEXEC, 3);
        return number >= 0 ? new FileDescriptor(number, Subject) : throw Failure("fcntl(F_DUPFD_CLOEXEC)");
    }

    /// <summary>Whether two descriptors are of the same open file: duplicates of each other, in whatever process they were made.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>False too where the kernel does not tell (before Linux 6.10).</returns>
    /// <remarks><c>fcntl(F_DUPFD_QUERY)</c>.</remarks>
    public bool IsDuplicateOf(FileDescriptor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        using var lease = other.Lease();
        return Libc.fcntl(this, Libc.F_DUPFD_QUERY, lease.Number) > 0;
    }

    /// <summary>The number, for an ioctl struct or a message, held open until the lease is disposed.</summary>
    public FdLease Lease() => new(this);

    /// <summary>Reads at an offset; fewer bytes than asked for is not an error.</summary>
    /// <param name="destination">Where the bytes go.</param>
    /// <param name="offset">Offset in the file, in bytes.</param>
    /// <returns>The bytes read; 0 at the end.</returns>
    /// <remarks><c>pread(2)</c>.</remarks>
    /// <exception cref="LinuxException">The read failed.</exception>
    public int ReadAt(Span<byte> destination, long offset)
    {
        fixed (byte* buffer = destination)
        {
            var count = Libc.pread(this, buffer, (nuint)destination.Length, offset);
            return count >= 0 ? (int)count : throw Failure("pread");
        }
    }

    /// <summary>Writes at an offset; fewer bytes than given is not an error.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="offset">Offset in the file, in bytes.</param>
    /// <returns>The bytes written.</returns>
    /// <remarks><c>pwrite(2)</c>.</remarks>
    /// <exception cref="LinuxException">The write failed.</exception>
    public int WriteAt(ReadOnlySpan<byte> source, long offset)
    {
        fixed (byte* buffer = source)
        {
            var count = Libc.pwrite(this, buffer, (nuint)source.Length, offset);
            return count >= 0 ? (int)count : throw Failure("pwrite");
        }
    }

    /// <summary>Reads at an offset until the span is full.</summary>
    /// <param name="destination">Where the bytes go.</param>
    /// <param name="offset">Offset in the file, in bytes.</param>
    /// <exception cref="LinuxException">The read failed.</exception>
    /// <exception cref="EndOfStreamException">The file ends before.</exception>
    public void ReadExactlyAt(Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            var count = ReadAt(destination, offset);
            if (count == 0) throw new EndOfStreamException($"{Subject} ends at {offset}, {destination.Length} bytes early");
            destination = destination[count..];
            offset += count;
        }
    }

    /// <summary>Writes at an offset until all is written.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="offset">Offset in the file, in bytes.</param>
    /// <exception cref="LinuxException">A write failed; what came before it is written.</exception>
    public void WriteExactlyAt(ReadOnlySpan<byte> source, long offset)
    {
        while (!source.IsEmpty)
        {
            var count = WriteAt(source, offset);
            if (count == 0) throw new LinuxException(Errno.ENOSPC, "pwrite", Subject, $"Nothing was written at offset {offset}.");
            source = source[count..];
            offset += count;
        }
    }

    /// <summary>Reads from the file position.</summary>
    /// <param name="destination">Where the bytes go.</param>
    /// <returns>The bytes read; 0 at the end.</returns>
    /// <remarks><c>read(2)</c>.</remarks>
    /// <exception cref="LinuxException">The read failed.</exception>
    public int Read(Span<byte> destination)
    {
        fixed (byte* buffer = destination)
        {
            var count = Libc.read(this, buffer, (nuint)destination.Length);
            return count >= 0 ? (int)count : throw Failure("read");
        }
    }

    /// <summary>Waits on this thread until there is something to read, the other end is closed, or time is up.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>False if time was up.</returns>
    /// <remarks><c>poll(2)</c>.</remarks>
    /// <exception cref="LinuxException">The wait failed.</exception>
    public bool WaitReadable(TimeSpan timeout) => Poll.Readable(this, timeout);

    /// <summary>Writes at the file position, in one call: what an attribute of sysfs wants.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="remedy">What to tell the user if it fails, or null.</param>
    /// <returns>The bytes written.</returns>
    /// <remarks><c>write(2)</c>.</remarks>
    /// <exception cref="LinuxException">The write failed.</exception>
    public int Write(ReadOnlySpan<byte> source, string? remedy = null)
    {
        fixed (byte* buffer = source)
        {
            var count = Libc.write(this, buffer, (nuint)source.Length);
            return count >= 0 ? (int)count : throw Failure("write", remedy);
        }
    }

    /// <summary>Waits until what was written is on the disk.</summary>
    /// <remarks><c>fsync(2)</c>.</remarks>
    /// <exception cref="LinuxException">It may not be.</exception>
    public void Sync()
    {
        if (Libc.fsync(this) != 0) throw Failure("fsync");
    }

    /// <inheritdoc/>
    public override string ToString() => Subject;

    /// <summary>Whether the file is closed when the process becomes another program. Only who is about to do that clears it.</summary>
    internal void SetCloseOnExec(bool close)
    {
        if (Libc.fcntl(this, Libc.F_SETFD, close ? Libc.FD_CLOEXEC : 0) != 0) throw Failure("fcntl(F_SETFD)");
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;

    private LinuxException Failure(string call, string? remedy = null) => new(Libc.LastErrno, call, Subject, remedy);
}
