namespace Devices.Linux;

/// <summary>Waits for many descriptors at once.</summary>
/// <remarks><c>epoll(7)</c>. Adding, removing and waiting may happen on different threads.</remarks>
public sealed unsafe class Epoll : IDisposable
{
    private const int EpollCloexec = 0x80000;
    private const int CtlAdd = 1;
    private const int CtlDel = 2;
    private const int CtlMod = 3;
    private readonly FileDescriptor _epoll;

    private Epoll(FileDescriptor epoll) => _epoll = epoll;

    /// <summary>Creates one that waits for nothing yet.</summary>
    /// <exception cref="LinuxException">Too many files are open.</exception>
    public static Epoll Create()
    {
        var number = Libc.epoll_create1(EpollCloexec);
        return number >= 0 ? new Epoll(FileDescriptor.Adopt(number, "epoll")) : throw new LinuxException(Libc.LastErrno, "epoll_create1", "epoll");
    }

    /// <summary>Waits for a descriptor from now on.</summary>
    /// <param name="fd">The descriptor; remove it before it is closed.</param>
    /// <param name="token">What its events carry.</param>
    /// <param name="events">What to wait for.</param>
    /// <exception cref="LinuxException">EEXIST: it is there already; EPERM: such a file cannot be waited for.</exception>
    public void Add(FileDescriptor fd, ulong token, EpollEvents events) => Control(CtlAdd, fd, token, events);

    /// <summary>Changes what is waited for, and arms a one-shot again.</summary>
    /// <param name="fd">A descriptor added before.</param>
    /// <param name="token">What its events carry.</param>
    /// <param name="events">What to wait for.</param>
    /// <exception cref="LinuxException">ENOENT: it was not added.</exception>
    public void Change(FileDescriptor fd, ulong token, EpollEvents events) => Control(CtlMod, fd, token, events);

    /// <summary>Waits for a descriptor no longer.</summary>
    /// <param name="fd">A descriptor added before.</param>
    /// <exception cref="LinuxException">ENOENT: it was not added.</exception>
    public void Remove(FileDescriptor fd) => Control(CtlDel, fd, 0, EpollEvents.None);

    /// <summary>Waits until something happens.</summary>
    /// <param name="events">Where the events go.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>How many events came; 0 after the time, or when a signal came.</returns>
    /// <exception cref="LinuxException">The wait failed.</exception>
    public int Wait(Span<EpollEvent> events, TimeSpan timeout) => TryWait(events, timeout, out var count) ? count : 0;

    /// <summary>Closes it; the descriptors that it waited for stay open.</summary>
    public void Dispose() => _epoll.Dispose();

    /// <summary>The same, telling time that is up from a signal that came.</summary>
    /// <returns>False when a signal came.</returns>
    internal bool TryWait(Span<EpollEvent> events, TimeSpan timeout, out int count)
    {
        fixed (EpollEvent* buffer = events)
        {
            count = Libc.epoll_wait(_epoll, buffer, events.Length, Poll.Milliseconds(timeout));
            if (count >= 0) return true;
            var errno = Libc.LastErrno;
            return errno == Errno.EINTR ? false : throw new LinuxException(errno, "epoll_wait", "epoll");
        }
    }

    private void Control(int operation, FileDescriptor fd, ulong token, EpollEvents events)
    {
        var change = new EpollEvent(events, token);
        if (Libc.epoll_ctl(_epoll, operation, fd, &change) != 0) throw new LinuxException(Libc.LastErrno, "epoll_ctl", fd.Subject);
    }
}
