using Devices.Linux;

namespace Devices.LiveUpdate;

/// <summary>
/// A named set of files that goes from one kernel to the next. The kernel ends it when its last descriptor is closed, the end of its
/// process included; so it has no Dispose and no finaliser, and lives until it is ended by name.
/// </summary>
public abstract class LiveUpdateSession
{
    private readonly FileDescriptor _fd;
    private bool _ended;

    private protected LiveUpdateSession(FileDescriptor fd, SessionName name)
    {
        _fd = fd;
        Name = name;
        Rooted.Add(this);
    }

    /// <summary>The name under which the next kernel finds it.</summary>
    public SessionName Name { get; }

    /// <summary>The session's descriptor, which belongs to the session: duplicate it to hand it on, and never dispose it.</summary>
    /// <exception cref="InvalidOperationException">The session has ended.</exception>
    public FileDescriptor Fd
    {
        get
        {
            if (_ended)
                throw new InvalidOperationException($"Session '{Name}' has ended.");
            return _fd;
        }
    }

    private protected void End()
    {
        Fd.Dispose();
        _ended = true;
        Rooted.Remove(this);
    }
}
