using System.Buffers.Binary;
using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Devices.Linux;

/// <summary>
/// A counter that the kernel or another process raises and one waiter takes: how a device's interrupt reaches user space. One waiter
/// at a time; <see cref="Signal"/> may come from anywhere. Waiting allocates nothing.
/// </summary>
/// <remarks><c>eventfd(2)</c> with <c>EFD_CLOEXEC | EFD_NONBLOCK</c>.</remarks>
public sealed class EventFd : IDisposable, IValueTaskSource<ulong>
{
    private const int Cloexec = 0x80000;
    private const int Nonblock = 0x800;
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<ulong> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private Epoll? _raises;
    private bool _waiting;
    private bool _registered;

    private EventFd(FileDescriptor fd)
    {
        Fd = fd;
        Token = EventLoop.NextToken();
    }

    /// <summary>The descriptor, owned by this object.</summary>
    public FileDescriptor Fd { get; }

    internal ulong Token { get; }

    /// <summary>Creates one at 0.</summary>
    /// <exception cref="LinuxException">Too many files are open.</exception>
    public static EventFd Create()
    {
        var number = Libc.eventfd(0, Cloexec | Nonblock);
        return number >= 0 ? new EventFd(FileDescriptor.Adopt(number, "eventfd")) : throw new LinuxException(Libc.LastErrno, "eventfd", "eventfd");
    }

    /// <summary>Raises the counter.</summary>
    /// <param name="count">By how much, at least 1.</param>
    public void Signal(ulong count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfZero(count);
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(value, count);
        Fd.Write(value);
    }

    /// <summary>Takes the count, if it is not 0.</summary>
    /// <param name="count">How often it was raised since the last read.</param>
    /// <returns>False if it was not.</returns>
    public unsafe bool TryRead(out ulong count)
    {
        ulong value;
        var length = Libc.read(Fd, (byte*)&value, sizeof(ulong));
        if (length == sizeof(ulong))
        {
            count = value;
            return true;
        }

        var errno = Libc.LastErrno;
        if (errno != Errno.EAGAIN) throw new LinuxException(errno, "read", Fd.Subject);
        count = 0;
        return false;
    }

    /// <summary>Waits on this thread until it is raised, and takes the count.</summary>
    /// <returns>How often it was raised since the last read, at least 1.</returns>
    public ulong Wait()
    {
        ulong count;
        while (!TryWait(Timeout.InfiniteTimeSpan, out count))
        {
        }

        return count;
    }

    /// <summary>Waits on this thread until it is raised or time is up.</summary>
    /// <param name="timeout">How long.</param>
    /// <param name="count">How often it was raised since the last read; 0 if time was up.</param>
    /// <returns>False if time was up.</returns>
    public bool TryWait(TimeSpan timeout, out ulong count)
    {
        // Who waits mostly finds nothing yet: to read first would be one system call more each time.
        count = 0;
        return Poll.Readable(Fd, timeout) && TryRead(out count);
    }

    /// <summary>
    /// Waits on this thread until it is raised or time is up, and leaves the count for <see cref="TryRead"/>: one system call, where taking it is one more. For
    /// a driver that looks at its queue to see what has come.
    /// </summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>Whether it was raised since this was called last, and its count was not taken meanwhile; false if time was up.</returns>
    /// <exception cref="LinuxException">Too many files are open: the first call opens one.</exception>
    public bool WaitForRaise(TimeSpan timeout)
    {
        var raises = _raises ?? OpenRaises();
        Span<EpollEvent> raised = stackalloc EpollEvent[1];
        long? interrupted = null;
        var left = timeout;
        int count;
        while (!raises.TryWait(raised, left, out count))
        {
            // The clock is asked only where a signal handler ran meanwhile: the time counts from the first one.
            interrupted ??= Stopwatch.GetTimestamp();
            if (timeout == Timeout.InfiniteTimeSpan) continue;
            left = timeout - Stopwatch.GetElapsedTime(interrupted.Value);
            if (left < TimeSpan.Zero) left = TimeSpan.Zero;
        }

        return count > 0;
    }

    /// <summary>Waits without a thread of its own: one thread of the process waits for all.</summary>
    /// <param name="cancellation">Ends the wait; a count that comes then is kept for the next one.</param>
    /// <returns>How often it was raised since the last read, at least 1.</returns>
    /// <exception cref="InvalidOperationException">Another wait is under way.</exception>
    public ValueTask<ulong> WaitAsync(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_waiting) throw new InvalidOperationException("An eventfd has one waiter at a time.");
            if (TryRead(out var count)) return new ValueTask<ulong>(count);
            if (_registered) EventLoop.Shared.Arm(this);
            else EventLoop.Shared.Register(this);
            // The signal that comes at once waits for the gate.
            _core.Reset();
            _registered = _waiting = true;
            var task = new ValueTask<ulong>(this, _core.Version);
            _cancellation = cancellation.UnsafeRegister(static (self, token) => ((EventFd)self!).Cancel(token), this);
            return task;
        }
    }

    /// <summary>Closes it. A wait under way ends with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_registered) EventLoop.Shared.Unregister(this);
            _registered = false;
            if (_waiting) Complete(0, new ObjectDisposedException(nameof(EventFd)));
            _raises?.Dispose();
            Fd.Dispose();
        }
    }

    /// <summary>Called by the event loop when the counter was raised.</summary>
    internal void OnReadable()
    {
        lock (_gate)
        {
            if (!_waiting || !_registered) return;
            if (TryRead(out var count)) Complete(count, null);
            else EventLoop.Shared.Arm(this);
        }
    }

    ulong IValueTaskSource<ulong>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ulong>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<ulong>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    private Epoll OpenRaises()
    {
        lock (_gate)
        {
            if (_raises is not null) return _raises;
            var raises = Epoll.Create();
            try
            {
                raises.Add(Fd, 0, EpollEvents.Readable | EpollEvents.EdgeTriggered);
            }
            catch
            {
                raises.Dispose();
                throw;
            }

            return _raises = raises;
        }
    }

    private void Cancel(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_waiting) Complete(0, new OperationCanceledException(cancellation));
        }
    }

    private void Complete(ulong count, Exception? error)
    {
        _waiting = false;
        _cancellation.Unregister();
        if (error is null) _core.SetResult(count);
        else _core.SetException(error);
    }
}
