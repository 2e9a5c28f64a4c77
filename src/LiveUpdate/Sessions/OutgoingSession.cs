using System.Runtime.CompilerServices;
using Devices.Linux;
using Devices.LiveUpdate.Abi;

namespace Devices.LiveUpdate;

/// <summary>
/// A session that this kernel hands to the next one. Its close gives up everything in it. It lives until <see cref="Discard"/> or the
/// kexec.
/// </summary>
public sealed class OutgoingSession : LiveUpdateSession
{
    internal OutgoingSession(FileDescriptor fd, SessionName name) : base(fd, name)
    {
    }

    /// <summary>Takes over a session of another process, given its descriptor: the keeper's, or systemd's file descriptor store's.</summary>
    /// <param name="fd">A session's descriptor; duplicated. The session is given up only when the last duplicate is closed.</param>
    /// <returns>The session under its own name.</returns>
    /// <remarks><c>LIVEUPDATE_SESSION_GET_NAME</c>. The kernel does not tell a session's direction; a call in the wrong one answers EINVAL.</remarks>
    /// <exception cref="LinuxException">The descriptor is not a live update session.</exception>
    public static OutgoingSession FromFd(FileDescriptor fd)
    {
        ArgumentNullException.ThrowIfNull(fd);
        var name = SessionNames.Of(fd);
        return new OutgoingSession(fd.Duplicate(), name);
    }

    /// <summary>Preserves a file: the kernel holds it, pins its memory and hands it to the next kernel. There is no way to take back a single file.</summary>
    /// <param name="fd">The file; for Linux 7.3 a memfd in ordinary memory. It may be closed afterwards.</param>
    /// <param name="token">The number to retrieve it by, unique in the session.</param>
    /// <remarks>
    /// <c>LIVEUPDATE_SESSION_PRESERVE_FD</c>. From here on the file cannot be resized; its data can be written until the jump. Holes are filled,
    /// so a sparse file comes to cost its full size.
    /// </remarks>
    /// <exception cref="LinuxException">The kernel refused; the message says what it means. The session is unchanged.</exception>
    /// <exception cref="InvalidOperationException">The session has ended.</exception>
    public void Preserve(FileDescriptor fd, FdToken token)
    {
        ArgumentNullException.ThrowIfNull(fd);
        var session = Fd;
        using var lease = fd.Lease();
        var argument = new liveupdate_session_preserve_fd
        {
            size = (uint)Unsafe.SizeOf<liveupdate_session_preserve_fd>(),
            fd = lease.Number,
            token = token.Value,
        };
        LiveUpdateMeanings.Call(session, ref argument, $"{fd.Subject} as token {token} of session '{Name}'");
    }

    /// <summary>Gives the session up: nothing of it reaches the next kernel, its files are ordinary again.</summary>
    /// <exception cref="InvalidOperationException">The session has ended.</exception>
    public void Discard() => End();
}
