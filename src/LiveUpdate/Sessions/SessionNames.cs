using System.Runtime.CompilerServices;
using Devices.Linux;
using Devices.LiveUpdate.Abi;

namespace Devices.LiveUpdate;

/// <summary>Asks the kernel for a session's name: the one in <c>/proc</c> may be cut.</summary>
internal static class SessionNames
{
    internal static SessionName Of(FileDescriptor session)
    {
        var argument = new liveupdate_session_get_name { size = (uint)Unsafe.SizeOf<liveupdate_session_get_name>() };
        LiveUpdateMeanings.Call(session, ref argument, session.Subject);
        return SessionName.FromKernel(argument.name);
    }
}
