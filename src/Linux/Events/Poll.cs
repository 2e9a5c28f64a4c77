using System.Diagnostics;
using Devices.Linux.Abi;

namespace Devices.Linux;

/// <summary>Waits for one descriptor to become readable or writable.</summary>
internal static unsafe class Poll
{
    /// <summary>A time as <c>poll(2)</c> and <c>epoll_wait(2)</c> take it: rounded up, so that a wait is never shorter.</summary>
    internal static int Milliseconds(TimeSpan timeout)
        => timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Clamp(Math.Ceiling(timeout.TotalMilliseconds), 0, int.MaxValue);

    /// <summary>Whether <paramref name="fd"/> became readable (or was closed at the other end) in time; signals do not shorten the wait.</summary>
    internal static bool Readable(FileDescriptor fd, TimeSpan timeout) => Wait(fd, Libc.POLLIN, timeout);

    /// <summary>Whether there is room to write into <paramref name="fd"/> (or the other end was closed) in time.</summary>
    internal static bool Writable(FileDescriptor fd, TimeSpan timeout) => Wait(fd, Libc.POLLOUT, timeout);

    /// <summary>Whether the other end of <paramref name="fd"/> has closed it.</summary>
    internal static bool HungUp(FileDescriptor fd) => Wait(fd, Libc.POLLRDHUP, TimeSpan.Zero);

    private static bool Wait(FileDescriptor fd, short events, TimeSpan timeout)
    {
        var start = Stopwatch.GetTimestamp();
        using var lease = fd.Lease();
        while (true)
        {
            var left = timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - Stopwatch.GetElapsedTime(start);
            var request = new pollfd { fd = lease.Number, events = events };
            var count = Libc.poll(&request, 1, Milliseconds(left));
            if (count > 0) return true;
            if (count == 0) return false;
            var errno = Libc.LastErrno;
            if (errno != Errno.EINTR) throw new LinuxException(errno, "poll", fd.Subject);
        }
    }
}
