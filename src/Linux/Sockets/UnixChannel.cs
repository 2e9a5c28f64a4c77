namespace Devices.Linux;

/// <summary>A Unix socket that carries whole messages, and file descriptors with them.</summary>
/// <remarks>
/// <c>unix(7)</c>: <c>SOCK_SEQPACKET</c>, <c>SCM_RIGHTS</c>. A message is sent whole or not at all, and received whole or marked as truncated.
/// </remarks>
public sealed class UnixChannel : IDisposable
{
    /// <summary>The most descriptors that one message carries (<c>SCM_MAX_FD</c>).</summary>
    public const int MaxDescriptors = UnixSocket.MaxDescriptors;

    private UnixChannel(FileDescriptor fd) => Fd = fd;

    /// <summary>The socket, owned by this object.</summary>
    public FileDescriptor Fd { get; }

    /// <summary>Who connected, or whom this end connected to.</summary>
    /// <remarks><c>getsockopt(SO_PEERCRED)</c>.</remarks>
    /// <exception cref="LinuxException">The socket is not connected.</exception>
    public PeerCredentials Peer => UnixSocket.PeerOf(Fd);

    /// <summary>Creates a connected pair.</summary>
    /// <exception cref="LinuxException">Too many files are open.</exception>
    public static (UnixChannel First, UnixChannel Second) Pair()
    {
        var (first, second) = UnixSocket.Pair(UnixSocket.SequencedPackets);
        return (new UnixChannel(first), new UnixChannel(second));
    }

    /// <summary>Listens at a path, which must not exist. Who may connect is decided by the permissions of its directory.</summary>
    /// <param name="path">The socket's path, at most 107 bytes.</param>
    /// <param name="backlog">How many may wait to be accepted.</param>
    /// <exception cref="LinuxException">EADDRINUSE: the path exists.</exception>
    public static UnixChannel Listen(string path, int backlog = 64) => new(UnixSocket.Listen(UnixSocket.SequencedPackets, path, backlog));

    /// <summary>Connects to who listens at a path.</summary>
    /// <param name="path">The socket's path.</param>
    /// <param name="remedy">What to tell the user if nobody listens, or null.</param>
    /// <exception cref="LinuxException">ENOENT, ECONNREFUSED: nobody listens.</exception>
    public static UnixChannel Connect(string path, string? remedy = null) => new(UnixSocket.Connect(UnixSocket.SequencedPackets, path, remedy));

    /// <summary>Takes the next who connects, waiting for one.</summary>
    /// <exception cref="LinuxException">The socket does not listen.</exception>
    public UnixChannel Accept() => new(UnixSocket.Accept(Fd));

    /// <summary>Sends a message with descriptors, of which the other end gets duplicates.</summary>
    /// <param name="message">At least one byte.</param>
    /// <param name="descriptors">At most <see cref="MaxDescriptors"/>.</param>
    /// <exception cref="LinuxException">EPIPE: the other end is closed; EMSGSIZE: too long.</exception>
    public void Send(ReadOnlySpan<byte> message, params ReadOnlySpan<FileDescriptor> descriptors)
    {
        var errno = TrySend(message, descriptors, wait: true);
        if (errno != Errno.None) throw new LinuxException(errno, "sendmsg", Fd.Subject);
    }

    /// <summary>As <see cref="Send"/>, where failure is ordinary, and without waiting for a slow reader if so asked.</summary>
    /// <param name="message">At least one byte.</param>
    /// <param name="descriptors">At most <see cref="MaxDescriptors"/>.</param>
    /// <param name="wait">False: EAGAIN if the other end's queue is full.</param>
    /// <returns><see cref="Errno.None"/> or the error.</returns>
    public Errno TrySend(ReadOnlySpan<byte> message, ReadOnlySpan<FileDescriptor> descriptors, bool wait)
    {
        if (message.IsEmpty) throw new ArgumentException("An empty message cannot be told from the end.", nameof(message));
        return UnixSocket.TrySend(Fd, message, descriptors, wait, out _);
    }

    /// <summary>Receives the next message, waiting for one.</summary>
    /// <param name="message">Where its bytes go.</param>
    /// <returns>Its length and descriptors, which the caller owns.</returns>
    /// <exception cref="LinuxException">The receive failed: ECONNRESET, say.</exception>
    public ReceivedMessage Receive(Span<byte> message) => UnixSocket.Receive(Fd, message);

    /// <summary>Receives the next message if one comes in time.</summary>
    /// <param name="message">Where its bytes go.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="received">Its length and descriptors, which the caller owns.</param>
    /// <returns>False if none came.</returns>
    /// <exception cref="LinuxException">The receive failed.</exception>
    public bool TryReceive(Span<byte> message, TimeSpan timeout, out ReceivedMessage received)
    {
        if (!Poll.Readable(Fd, timeout))
        {
            received = default;
            return false;
        }

        received = Receive(message);
        return true;
    }

    /// <summary>Closes this end.</summary>
    public void Dispose() => Fd.Dispose();
}
