using System.Diagnostics;

namespace Devices.Linux;

/// <summary>A Unix socket that carries a stream of bytes, and file descriptors with them: for protocols that frame their messages themselves.</summary>
/// <remarks><c>unix(7)</c>: <c>SOCK_STREAM</c>, <c>SCM_RIGHTS</c>.</remarks>
public sealed class UnixStream : IDisposable
{
    /// <summary>The most descriptors that one send carries (<c>SCM_MAX_FD</c>).</summary>
    public const int MaxDescriptors = UnixSocket.MaxDescriptors;

    private const int ShutRdwr = 2;

    private UnixStream(FileDescriptor fd) => Fd = fd;

    /// <summary>The socket, owned by this object.</summary>
    public FileDescriptor Fd { get; }

    /// <summary>Who connected, or whom this end connected to.</summary>
    /// <remarks><c>getsockopt(SO_PEERCRED)</c>.</remarks>
    /// <exception cref="LinuxException">The socket is not connected.</exception>
    public PeerCredentials Peer => UnixSocket.PeerOf(Fd);

    /// <summary>The groups that who connected was in besides <see cref="PeerCredentials.GroupId"/>; those of who listened, at the other end.</summary>
    /// <remarks><c>getsockopt(SO_PEERGROUPS)</c>.</remarks>
    /// <exception cref="LinuxException">The socket is not connected.</exception>
    public IReadOnlyList<uint> PeerGroups => UnixSocket.GroupsOf(Fd);

    /// <summary>Whether the other end has closed the connection, or this one was shut down. What was sent before may still be here to be received.</summary>
    /// <remarks><c>poll(2)</c>, <c>POLLRDHUP</c>.</remarks>
    public bool IsPeerClosed => Poll.HungUp(Fd);

    /// <summary>The process that connected, or that this end connected to, which may have ended since.</summary>
    /// <returns>Its pidfd, the caller's; null if the kernel tells of none: one older than 6.5, or older than 6.16 and it was reaped.</returns>
    /// <remarks><c>getsockopt(SO_PEERPIDFD)</c>.</remarks>
    /// <exception cref="LinuxException">The kernel is short of memory or of descriptors.</exception>
    public ProcessFd? OpenPeerProcess()
    {
        var process = UnixSocket.ProcessOf(Fd);
        return process is null ? null : ProcessFd.TryAdopt(process);
    }

    /// <summary>
    /// The control groups that the process at the other end is in now. It is asked for by its pidfd, so that another process, which got the id of
    /// one that has ended, is not taken for it.
    /// </summary>
    /// <returns>The text of its <c>/proc/PID/cgroup</c>; null if it has ended, or the kernel, older than 6.5, tells of no pidfd.</returns>
    public string? ReadPeerCgroup()
    {
        using var process = OpenPeerProcess();
        if (process?.Id is not { } id) return null;
        var cgroup = KernelFile.TryReadText($"/proc/{id}/cgroup", out _);
        return process.Id == id ? cgroup : null;
    }

    /// <summary>Takes over a socket that listens or is connected: one that a service manager passed on.</summary>
    /// <param name="fd">The socket, owned by this object from now on.</param>
    public static UnixStream Adopt(FileDescriptor fd)
    {
        ArgumentNullException.ThrowIfNull(fd);
        return new UnixStream(fd);
    }

    /// <summary>Creates a connected pair.</summary>
    /// <exception cref="LinuxException">Too many files are open.</exception>
    public static (UnixStream First, UnixStream Second) Pair()
    {
        var (first, second) = UnixSocket.Pair(UnixSocket.Stream);
        return (new UnixStream(first), new UnixStream(second));
    }

    /// <summary>Listens at a path, which must not exist. Who may connect is decided by its permissions.</summary>
    /// <param name="path">The socket's path, at most 107 bytes.</param>
    /// <param name="backlog">How many may wait to be accepted.</param>
    /// <exception cref="LinuxException">EADDRINUSE: the path exists.</exception>
    public static UnixStream Listen(string path, int backlog = 64) => new(UnixSocket.Listen(UnixSocket.Stream, path, backlog));

    /// <summary>Connects to who listens at a path.</summary>
    /// <param name="path">The socket's path.</param>
    /// <param name="remedy">What to tell the user if nobody listens, or null.</param>
    /// <exception cref="LinuxException">ENOENT, ECONNREFUSED: nobody listens; EAGAIN: too many wait to be accepted.</exception>
    public static UnixStream Connect(string path, string? remedy = null) => new(UnixSocket.Connect(UnixSocket.Stream, path, remedy));

    /// <summary>Takes the next who connects, waiting for one.</summary>
    /// <exception cref="LinuxException">The socket does not listen, or not any more: EINVAL after <see cref="Shutdown"/>; EMFILE, ENFILE: too many files are open.</exception>
    public UnixStream Accept() => new(UnixSocket.Accept(Fd));

    /// <summary>Sends bytes and descriptors. The descriptors arrive with the first byte.</summary>
    /// <param name="bytes">At least one byte.</param>
    /// <param name="descriptors">At most <see cref="MaxDescriptors"/>; the other end gets duplicates.</param>
    /// <param name="timeout">How long the whole may take: a reader that does not read holds a sender up.</param>
    /// <returns><see cref="Errno.None"/>; EPIPE: the other end is closed; ETIMEDOUT: it does not read, and may have got a part.</returns>
    public Errno TrySend(ReadOnlySpan<byte> bytes, ReadOnlySpan<FileDescriptor> descriptors, TimeSpan timeout)
    {
        if (bytes.IsEmpty) throw new ArgumentException("Descriptors travel with a byte.", nameof(bytes));
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var errno = UnixSocket.TrySend(Fd, bytes, descriptors, wait: false, out var sent);
            if (errno == Errno.None)
            {
                bytes = bytes[sent..];
                descriptors = [];
                if (bytes.IsEmpty) return Errno.None;
            }
            else if (errno == Errno.EAGAIN)
            {
                var left = timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - Stopwatch.GetElapsedTime(start);
                if (timeout != Timeout.InfiniteTimeSpan && left <= TimeSpan.Zero) return Errno.ETIMEDOUT;
                _ = Poll.Writable(Fd, left);
            }
            else if (errno != Errno.EINTR)
            {
                return errno;
            }
        }
    }

    /// <summary>Receives what there is, waiting for something.</summary>
    /// <param name="bytes">Where the bytes go.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="received">How many bytes came, 0 when the other end is closed; and descriptors, which the caller owns and which came with the last of the sends that are in it.</param>
    /// <returns>False if nothing came in time.</returns>
    /// <exception cref="LinuxException">The receive failed: ECONNRESET, say.</exception>
    public bool TryReceive(Span<byte> bytes, TimeSpan timeout, out ReceivedMessage received)
    {
        if (!Poll.Readable(Fd, timeout))
        {
            received = default;
            return false;
        }

        received = UnixSocket.Receive(Fd, bytes);
        return true;
    }

    /// <summary>Ends the connection, or the listening, for every thread that waits in it; the socket stays open.</summary>
    /// <remarks><c>shutdown(SHUT_RDWR)</c>.</remarks>
    public void Shutdown() => _ = Libc.shutdown(Fd, ShutRdwr);

    /// <summary>Closes this end.</summary>
    public void Dispose() => Fd.Dispose();
}
