using Devices.LiveUpdate;

namespace Devices.Preservation;

/// <summary>A session is not in the state that a step asks for. Nothing was touched.</summary>
public sealed class SessionStateException : Exception
{
    private SessionStateException(SessionName session, string problem, string remedy)
        : base($"Session {session}: {problem}. {remedy}") => Session = session;

    /// <summary>The session's name.</summary>
    public SessionName Session { get; }

    internal static SessionStateException NotHeld(SessionName session)
        => new(session, "the keeper holds no record of it", "Is it the keeper that preserved or retrieved it, and the right name? devkeep status shows what it holds");

    internal static SessionStateException OtherKernel(SessionName session)
        => new(session, "it was preserved under another kernel", "Verify and restore it: devkeep restore");

    internal static SessionStateException SameKernel(SessionName session)
        => new(session, "it was preserved under this very kernel, which has not been replaced", "Take it over, thaw it or discard it");

    internal static SessionStateException NotFrozen(SessionName session)
        => new(session, "the kernel was replaced before the session was frozen: what its record says of the devices is not how they were left", "Finish the session to free its memory, and let the devices be reset: devkeep restore --abandon");
}
