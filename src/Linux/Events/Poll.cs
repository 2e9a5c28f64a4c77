using System.Diagnostics;
using Devices.Linux.Abi;

namespace Devices.Linux;

/// <summary>Waits for one descriptor to become readable.</summary>
internal static unsafe class Poll
{
    /// <summary>A time as <c>poll(2)</c> and <c>epoll_wait(2)</c> take it: rounded up, so that a wait is never shorter.</summary>
    internal static int Milliseconds(TimeSpan timeout)
        => timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Clamp(Math.Ceiling(timeout.TotalMilliseconds), 0, int.MaxValue);

    /// <summary>Whether <paramref name="fd"/> became readable (or was closed at the other end) in time; signals do not shorten the wait.</summary>
    internal static bool Readable(FileDescriptor fd, TimeSpan timeout)
    {
        var start = Stopwatch.GetTimestamp();
        using var lease = fd.Lease();
        while (true)
        {
            var left = timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - Stopwatch.GetElapsedTime(start);
            var request = new pollfd { fd = lease.Number, events = Libc.POLLIN };
            var count = Libc.poll(&request, 1, Milliseconds(left));
            if (count > 0) return true;
            if (count == 0) return false;
            var errno = Libc.LastErrno;
            if (errno != Errno.EINTR) throw new LinuxException(errno, "poll", fd.Subject);
        }
    }
}
