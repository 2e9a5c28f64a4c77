using System.Runtime.CompilerServices;
using Devices.Linux;
using Devices.LiveUpdate.Abi;

namespace Devices.LiveUpdate;

/// <summary>Asks the kernel about a session of which there is a descriptor alone.</summary>
internal static class SessionNames
{
    /// <summary>Its name: the one in <c>/proc</c> may be cut.</summary>
    internal static SessionName Of(FileDescriptor session)
    {
        var argument = new liveupdate_session_get_name { size = (uint)Unsafe.SizeOf<liveupdate_session_get_name>() };
        LiveUpdateMeanings.Call(session, ref argument, session.Subject);
        return SessionName.FromKernel(argument.name);
    }

    /// <summary>Whether this kernel made it or the one before: only of the latter's files can be retrieved, and a token that nobody uses retrieves none.</summary>
    /// <remarks><c>LIVEUPDATE_SESSION_RETRIEVE_FD</c>: EINVAL from an outgoing session, ENOENT from an incoming one.</remarks>
    internal static SessionDirection DirectionOf(FileDescriptor session, SessionName name)
    {
        var argument = new liveupdate_session_retrieve_fd { size = (uint)Unsafe.SizeOf<liveupdate_session_retrieve_fd>(), token = ulong.MaxValue };
        switch (Ioctl.Try(session, ref argument, out _))
        {
            case Errno.EINVAL: return SessionDirection.Outgoing;
            case Errno.ENOENT: return SessionDirection.Incoming;
            case Errno.None:
                FileDescriptor.Adopt(argument.fd, $"token {ulong.MaxValue} of session '{name}'").Dispose();
                return SessionDirection.Incoming;
            case var errno: throw LiveUpdateMeanings.Failure(errno, liveupdate_session_retrieve_fd.Name, $"session '{name}'");
        }
    }
}
