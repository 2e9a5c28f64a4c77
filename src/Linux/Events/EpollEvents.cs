namespace Devices.Linux;

/// <summary>What to wait for, and what happened (<c>EPOLL*</c> of <c>epoll_ctl(2)</c>).</summary>
[Flags]
public enum EpollEvents
{
    /// <summary>Nothing; errors and hang-ups are reported all the same.</summary>
    None = 0,
    /// <summary><c>EPOLLIN</c>: there is something to read, or somebody to accept.</summary>
    Readable = 1,
    /// <summary><c>EPOLLOUT</c>: a write would not block.</summary>
    Writable = 4,
    /// <summary><c>EPOLLERR</c>.</summary>
    Error = 8,
    /// <summary><c>EPOLLHUP</c>: the other end is closed.</summary>
    HangUp = 16,
    /// <summary><c>EPOLLONESHOT</c>: disarm after one event.</summary>
    OneShot = 1 << 30,
    /// <summary><c>EPOLLET</c>: an event for each time that it happens, not for as long as it holds.</summary>
    EdgeTriggered = 1 << 31,
}
