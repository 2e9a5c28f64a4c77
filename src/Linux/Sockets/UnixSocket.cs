using System.Buffers.Binary;
using System.Text;
using Devices.Linux.Abi;

namespace Devices.Linux;

/// <summary>The calls on Unix sockets that messages and streams have in common. .NET's own sockets drop descriptors that come.</summary>
/// <remarks><c>unix(7)</c>, <c>SCM_RIGHTS</c>.</remarks>
internal static unsafe class UnixSocket
{
    internal const int Stream = 1;
    internal const int Datagrams = 2;
    internal const int SequencedPackets = 5;

    /// <summary>The most descriptors that one message carries (<c>SCM_MAX_FD</c>).</summary>
    internal const int MaxDescriptors = 253;

    private const int AfUnix = 1;
    private const int SockCloexec = 0x80000;
    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int SoPeercred = 17;
    private const int SoPeergroups = 59;
    private const int SoPeerpidfd = 77;
    private const int FewGroups = 32;
    private const int MsgNosignal = 0x4000;
    private const int MsgDontwait = 0x40;
    private const int MsgCmsgCloexec = 0x40000000;
    private const int MsgCtrunc = 8;
    private const int MsgTrunc = 0x20;
    private const int ControlHeader = 16; // struct cmsghdr: length (8), level (4), type (4)
    private const int PathCapacity = 108; // sun_path

    internal static PeerCredentials PeerOf(FileDescriptor socket)
    {
        PeerCredentials peer;
        var length = (uint)sizeof(PeerCredentials);
        return Libc.getsockopt(socket, SolSocket, SoPeercred, &peer, &length) == 0 ? peer : throw Failure("getsockopt(SO_PEERCRED)", socket);
    }

    internal static IReadOnlyList<uint> GroupsOf(FileDescriptor socket)
    {
        var groups = new uint[FewGroups];
        while (true)
        {
            var length = (uint)(groups.Length * sizeof(uint));
            fixed (uint* pointer = groups)
            {
                if (Libc.getsockopt(socket, SolSocket, SoPeergroups, pointer, &length) == 0) return groups[..(int)(length / sizeof(uint))];
            }

            // The length is what it takes now.
            if (Libc.LastErrno != Errno.ERANGE) throw Failure("getsockopt(SO_PEERGROUPS)", socket);
            groups = new uint[length / sizeof(uint)];
        }
    }

    internal static FileDescriptor? ProcessOf(FileDescriptor socket)
    {
        int number;
        var length = (uint)sizeof(int);
        return Libc.getsockopt(socket, SolSocket, SoPeerpidfd, &number, &length) == 0 ? FileDescriptor.Adopt(number, "pidfd of a peer") : null;
    }

    internal static (FileDescriptor First, FileDescriptor Second) Pair(int type)
    {
        var pair = stackalloc int[2];
        return Libc.socketpair(AfUnix, type | SockCloexec, 0, pair) == 0
            ? (FileDescriptor.Adopt(pair[0], "socket pair"), FileDescriptor.Adopt(pair[1], "socket pair"))
            : throw new LinuxException(Libc.LastErrno, "socketpair", "socket pair");
    }

    internal static FileDescriptor Listen(int type, string path, int backlog)
    {
        var socket = Open(type, path);
        try
        {
            var address = stackalloc byte[sizeof(ushort) + PathCapacity];
            var length = WriteAddress(path, address);
            if (Libc.bind(socket, address, length) != 0) throw Failure("bind", socket);
            if (Libc.listen(socket, backlog) != 0) throw Failure("listen", socket);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static FileDescriptor Connect(int type, string path, string? remedy)
    {
        var socket = Open(type, path);
        var address = stackalloc byte[sizeof(ushort) + PathCapacity];
        var length = WriteAddress(path, address);
        if (Libc.connect(socket, address, length) == 0) return socket;
        var failure = Failure("connect", socket, remedy);
        socket.Dispose();
        throw failure;
    }

    internal static FileDescriptor Accept(FileDescriptor listener)
    {
        var number = Libc.accept4(listener, null, null, SockCloexec);
        return number >= 0 ? FileDescriptor.Adopt(number, listener.Subject) : throw Failure("accept4", listener);
    }

    /// <summary>Sends once: a message whole, of a stream as much as there is room for.</summary>
    internal static Errno TrySend(FileDescriptor socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<FileDescriptor> descriptors, bool wait, out int sent)
    {
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
            fixed (byte* bytesPointer = bytes, controlPointer = control)
            {
                var vector = new iovec { iov_base = bytesPointer, iov_len = (nuint)bytes.Length };
                var header = new msghdr { msg_iov = &vector, msg_iovlen = 1 };
                if (leased > 0)
                {
                    header.msg_control = controlPointer;
                    header.msg_controllen = ControlSpace(leased);
                }

                sent = (int)Libc.sendmsg(socket, &header, MsgNosignal | (wait ? 0 : MsgDontwait));
                return sent >= 0 ? Errno.None : Libc.LastErrno;
            }
        }
        finally
        {
            for (var index = 0; index < leased; index++) descriptors[index].DangerousRelease();
        }
    }

    /// <summary>Receives once, waiting for something.</summary>
    internal static ReceivedMessage Receive(FileDescriptor socket, Span<byte> bytes)
    {
        var control = stackalloc byte[(int)ControlSpace(MaxDescriptors)];
        fixed (byte* bytesPointer = bytes)
        {
            var vector = new iovec { iov_base = bytesPointer, iov_len = (nuint)bytes.Length };
            var header = new msghdr { msg_iov = &vector, msg_iovlen = 1, msg_control = control, msg_controllen = ControlSpace(MaxDescriptors) };
            nint length;
            while ((length = Libc.recvmsg(socket, &header, MsgCmsgCloexec)) < 0)
            {
                // Nothing was taken, so that an interrupted receive may be repeated.
                if (Libc.LastErrno != Errno.EINTR) throw Failure("recvmsg", socket);
            }

            var descriptors = TakeDescriptors(new ReadOnlySpan<byte>(control, (int)header.msg_controllen));
            if ((header.msg_flags & (MsgTrunc | MsgCtrunc)) == 0) return new ReceivedMessage((int)length, Truncated: false, descriptors);
            foreach (var descriptor in descriptors) descriptor.Dispose();
            return new ReceivedMessage((int)length, Truncated: true, []);
        }
    }

    private static FileDescriptor Open(int type, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Encoding.UTF8.GetByteCount(path) >= PathCapacity)
            throw new ArgumentException($"A Unix socket's path has at most {PathCapacity - 1} bytes: {path}", nameof(path));
        var number = Libc.socket(AfUnix, type | SockCloexec, 0);
        return number >= 0 ? FileDescriptor.Adopt(number, path) : throw new LinuxException(Libc.LastErrno, "socket", path);
    }

    private static uint WriteAddress(string path, byte* address)
    {
        *(ushort*)address = AfUnix;
        var length = Encoding.UTF8.GetBytes(path, new Span<byte>(address + sizeof(ushort), PathCapacity - 1));
        address[sizeof(ushort) + length] = 0;
        // An abstract name begins with a NUL, and has none at its end.
        return (uint)(sizeof(ushort) + length + (path[0] == '\0' ? 0 : 1));
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

    private static LinuxException Failure(string call, FileDescriptor socket, string? remedy = null) => new(Libc.LastErrno, call, socket.Subject, remedy);
}
