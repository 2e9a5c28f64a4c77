using System.Runtime.CompilerServices;
using Devices.Linux;
using Devices.LiveUpdate.Abi;

namespace Devices.LiveUpdate;

/// <summary>
/// A session that the previous kernel handed over. Its close finishes it: what was not retrieved is freed. It lives until
/// <see cref="Finish"/>.
/// </summary>
public sealed class IncomingSession : LiveUpdateSession
{
    internal IncomingSession(FileDescriptor fd, SessionName name) : base(fd, name)
    {
    }

    /// <summary>Takes over a retrieved session of another process, given its descriptor.</summary>
    /// <param name="fd">A session's descriptor; duplicated. The session is finished at the latest when the last duplicate is closed.</param>
    /// <returns>The session under its own name.</returns>
    /// <remarks><c>LIVEUPDATE_SESSION_GET_NAME</c>. The kernel does not tell a session's direction; a call in the wrong one answers EINVAL.</remarks>
    /// <exception cref="LinuxException">The descriptor is not a live update session.</exception>
    public static IncomingSession FromFd(FileDescriptor fd)
    {
        ArgumentNullException.ThrowIfNull(fd);
        var name = SessionNames.Of(fd);
        return new IncomingSession(fd.Duplicate(), name);
    }

    /// <summary>Brings a preserved file back. In any order; repeating it gives another descriptor of the same file.</summary>
    /// <param name="token">The number under which it was preserved.</param>
    /// <returns>The file, owned by the caller; the session holds it too until <see cref="Finish"/>.</returns>
    /// <remarks><c>LIVEUPDATE_SESSION_RETRIEVE_FD</c>. A memfd keeps contents, size, position and seals, but not its name.</remarks>
    /// <exception cref="LinuxException">ENOENT: no file under that token; anything else is final, and the file's data is lost.</exception>
    /// <exception cref="InvalidOperationException">The session has ended.</exception>
    public FileDescriptor Retrieve(FdToken token)
    {
        var argument = new liveupdate_session_retrieve_fd
        {
            size = (uint)Unsafe.SizeOf<liveupdate_session_retrieve_fd>(),
            token = token.Value,
        };
        LiveUpdateMeanings.Call(Fd, ref argument, $"token {token} of session '{Name}'");
        return FileDescriptor.Adopt(argument.fd, $"token {token} of session '{Name}'");
    }

    /// <summary>Ends the session: the kernel lets go of its files, frees those that were not retrieved, and they may be preserved again.</summary>
    /// <remarks><c>LIVEUPDATE_SESSION_FINISH</c>, then close.</remarks>
    /// <exception cref="LinuxException">EBUSY: a file is not ready; nothing has changed and the session stays open.</exception>
    /// <exception cref="InvalidOperationException">The session has ended.</exception>
    public void Finish()
    {
        var argument = new liveupdate_session_finish { size = (uint)Unsafe.SizeOf<liveupdate_session_finish>() };
        LiveUpdateMeanings.Call(Fd, ref argument, $"session '{Name}'");
        End();
    }
}
