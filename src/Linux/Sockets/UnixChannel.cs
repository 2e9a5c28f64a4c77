using System.Buffers.Binary;
using System.Text;
using Devices.Linux.Abi;

namespace Devices.Linux;

/// <summary>A Unix socket that carries whole messages, and file descriptors with them.</summary>
/// <remarks>
/// <c>unix(7)</c>: <c>SOCK_SEQPACKET</c>, <c>SCM_RIGHTS</c>. Not <see cref="System.Net.Sockets.Socket"/>: it drops descriptors that come.
/// A message is sent whole or not at all, and received whole or marked as truncated.
/// </remarks>
public sealed unsafe class UnixChannel : IDisposable
{
    /// <summary>The most descriptors that one message carries (<c>SCM_MAX_FD</c>).</summary>
    public const int MaxDescriptors = 253;

    private const int AfUnix = 1;
    private const int SockSeqpacket = 5;
    private const int SockCloexec = 0x80000;
    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int SoPeercred = 17;
    private const int MsgNosignal = 0x4000;
    private const int MsgDontwait = 0x40;
    private const int MsgCmsgCloexec = 0x40000000;
    private const int MsgCtrunc = 8;
    private const int MsgTrunc = 0x20;
    private const int ControlHeader = 16; // struct cmsghdr: length (8), level (4), type (4)
    private const int PathCapacity = 108; // sun_path

    private UnixChannel(FileDescriptor fd) => Fd = fd;

    /// <summary>The socket, owned by this object.</summary>
    public FileDescriptor Fd { get; }

    /// <summary>Who connected, or whom this end connected to.</summary>
    /// <remarks><c>getsockopt(SO_PEERCRED)</c>.</remarks>
    /// <exception cref="LinuxException">The socket is not connected.</exception>
    public PeerCredentials Peer
    {
        get
        {
            PeerCredentials peer;
            var length = (uint)sizeof(PeerCredentials);
            return Libc.getsockopt(Fd, SolSocket, SoPeercred, &peer, &length) == 0 ? peer : throw Failure("getsockopt(SO_PEERCRED)");
        }
    }

    /// <summary>Creates a connected pair.</summary>
    /// <exception cref="LinuxException">Too many files are open.</exception>
    public static (UnixChannel First, UnixChannel Second) Pair()
    {
        var pair = stackalloc int[2];
        return Libc.socketpair(AfUnix, SockSeqpacket | SockCloexec, 0, pair) == 0
            ? (new UnixChannel(FileDescriptor.Adopt(pair[0], "socket pair")), new UnixChannel(FileDescriptor.Adopt(pair[1], "socket pair")))
            : throw new LinuxException(Libc.LastErrno, "socketpair", "socket pair");
    }

    /// <summary>Listens at a path, which must not exist. Who may connect is decided by the permissions of its directory.</summary>
    /// <param name="path">The socket's path, at most 107 bytes.</param>
    /// <param name="backlog">How many may wait to be accepted.</param>
    /// <exception cref="LinuxException">EADDRINUSE: the path exists.</exception>
    public static UnixChannel Listen(string path, int backlog = 64)
    {
        var channel = Open(path);
        try
        {
            var address = stackalloc byte[sizeof(ushort) + PathCapacity];
            var length = WriteAddress(path, address);
            if (Libc.bind(channel.Fd, address, length) != 0) throw channel.Failure("bind");
            if (Libc.listen(channel.Fd, backlog) != 0) throw channel.Failure("listen");
            return channel;
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    /// <summary>Connects to who listens at a path.</summary>
    /// <param name="path">The socket's path.</param>
    /// <param name="remedy">What to tell the user if nobody listens, or null.</param>
    /// <exception cref="LinuxException">ENOENT, ECONNREFUSED: nobody listens.</exception>
    public static UnixChannel Connect(string path, string? remedy = null)
    {
        var channel = Open(path);
        var address = stackalloc byte[sizeof(ushort) + PathCapacity];
        var length = WriteAddress(path, address);
        if (Libc.connect(channel.Fd, address, length) == 0) return channel;
        var failure = channel.Failure("connect", remedy);
        channel.Dispose();
        throw failure;
    }

    /// <summary>Takes the next who connects, waiting for one.</summary>
    /// <exception cref="LinuxException">The socket does not listen.</exception>
    public UnixChannel Accept()
    {
        var number = Libc.accept4(Fd, null, null, SockCloexec);
        return number >= 0 ? new UnixChannel(FileDescriptor.Adopt(number, Fd.Subject)) : throw Failure("accept4");
    }

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
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxDescriptors, nameof(descriptors));
        Span<byte> control = stackalloc byte[ControlHeader + (MaxDescriptors * sizeof(int)) + sizeof(int)];
        var leased = 0;
        try
        {
            foreach (var descriptor in descriptors)
            {
                var added = false;
                descriptor.DangerousAddRef(ref added);
                BinaryPrimitives.WriteInt32LittleEndian(control[(ControlHeader + (leased * sizeof(int)))..], descriptor.Number);
                leased++;
            }

            BinaryPrimitives.WriteInt64LittleEndian(control, ControlHeader + (leased * sizeof(int)));
            BinaryPrimitives.WriteInt32LittleEndian(control[8..], SolSocket);
            BinaryPrimitives.WriteInt32LittleEndian(control[12..], ScmRights);
            fixed (byte* messagePointer = message, controlPointer = control)
            {
                var vector = new iovec { iov_base = messagePointer, iov_len = (nuint)message.Length };
                var header = new msghdr { msg_iov = &vector, msg_iovlen = 1 };
                if (leased > 0)
                {
                    header.msg_control = controlPointer;
                    header.msg_controllen = ControlSpace(leased);
                }

                return Libc.sendmsg(Fd, &header, MsgNosignal | (wait ? 0 : MsgDontwait)) >= 0 ? Errno.None : Libc.LastErrno;
            }
        }
        finally
        {
            for (var index = 0; index < leased; index++) descriptors[index].DangerousRelease();
        }
    }

    /// <summary>Receives the next message, waiting for one.</summary>
    /// <param name="message">Where its bytes go.</param>
    /// <returns>Its length and descriptors, which the caller owns.</returns>
    /// <exception cref="LinuxException">The receive failed: ECONNRESET, say.</exception>
    public ReceivedMessage Receive(Span<byte> message)
    {
        var control = stackalloc byte[(int)ControlSpace(MaxDescriptors)];
        fixed (byte* messagePointer = message)
        {
            var vector = new iovec { iov_base = messagePointer, iov_len = (nuint)message.Length };
            var header = new msghdr { msg_iov = &vector, msg_iovlen = 1, msg_control = control, msg_controllen = ControlSpace(MaxDescriptors) };
            nint length;
            while ((length = Libc.recvmsg(Fd, &header, MsgCmsgCloexec)) < 0)
            {
                // A message is taken whole or not at all, so that an interrupted receive may be repeated.
                if (Libc.LastErrno != Errno.EINTR) throw Failure("recvmsg");
            }

            var descriptors = TakeDescriptors(new ReadOnlySpan<byte>(control, (int)header.msg_controllen));
            if ((header.msg_flags & (MsgTrunc | MsgCtrunc)) == 0) return new ReceivedMessage((int)length, Truncated: false, descriptors);
            foreach (var descriptor in descriptors) descriptor.Dispose();
            return new ReceivedMessage((int)length, Truncated: true, []);
        }
    }

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

    private static UnixChannel Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Encoding.UTF8.GetByteCount(path) >= PathCapacity)
            throw new ArgumentException($"A Unix socket's path has at most {PathCapacity - 1} bytes: {path}", nameof(path));
        var number = Libc.socket(AfUnix, SockSeqpacket | SockCloexec, 0);
        return number >= 0 ? new UnixChannel(FileDescriptor.Adopt(number, path)) : throw new LinuxException(Libc.LastErrno, "socket", path);
    }

    private static uint WriteAddress(string path, byte* address)
    {
        *(ushort*)address = AfUnix;
        var length = Encoding.UTF8.GetBytes(path, new Span<byte>(address + sizeof(ushort), PathCapacity - 1));
        address[sizeof(ushort) + length] = 0;
        return (uint)(sizeof(ushort) + length + 1);
    }

    private static nuint ControlSpace(int descriptors) => (nuint)(ControlHeader + (((descriptors * sizeof(int)) + 7) & ~7));

    private static FileDescriptor[] TakeDescriptors(ReadOnlySpan<byte> control)
    {
        if (control.Length < ControlHeader) return [];
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(control);
        var isRights = BinaryPrimitives.ReadInt32LittleEndian(control[8..]) == SolSocket && BinaryPrimitives.ReadInt32LittleEndian(control[12..]) == ScmRights;
        if (!isRights || length <= ControlHeader || length > control.Length) return [];
        var descriptors = new FileDescriptor[(length - ControlHeader) / sizeof(int)];
        for (var index = 0; index < descriptors.Length; index++)
            descriptors[index] = FileDescriptor.Adopt(BinaryPrimitives.ReadInt32LittleEndian(control[(ControlHeader + (index * sizeof(int)))..]), "received descriptor");
        return descriptors;
    }

    private LinuxException Failure(string call, string? remedy = null) => new(Libc.LastErrno, call, Fd.Subject, remedy);
}
