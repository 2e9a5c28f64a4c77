using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>A queue of events that the kernel delivers through a descriptor of its own.</summary>
/// <remarks>
/// The open descriptor holds the queue in the kernel. Destroying the queue therefore closes it first, unless <see cref="IommuObject.Holders"/>
/// has somebody; a duplicate in other hands keeps the queue from being destroyed.
/// </remarks>
public abstract class EventQueue : IommuObject
{
    private protected EventQueue(IommuContext context, uint id, FileDescriptor fd, params ReadOnlySpan<IommuObject> parents)
        : base(context, id, owned: true, parents)
        => Fd = fd;

    /// <summary>Its descriptor, owned by this object: readable while there are events, for <c>poll(2)</c> or another process.</summary>
    /// <remarks>Reading does not block: without an event it gives nothing.</remarks>
    public FileDescriptor Fd { get; }

    /// <summary>Waits on this thread until there is an event or time is up.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>False if time was up.</returns>
    public bool Wait(TimeSpan timeout)
    {
        ThrowIfEnded();
        return Fd.WaitReadable(timeout);
    }

    // The open descriptor counts as a user of the queue, so it goes first, but only where nothing else holds the queue.
    private protected sealed override Errno TryDestroy()
    {
        if (IsHeld) return Errno.EBUSY;
        Fd.Dispose();
        return base.TryDestroy();
    }

    private protected sealed override void OnEnd(bool destroyed) => Fd.Dispose();

    /// <summary>Reads what there is into a buffer that grows while the first event does not fit.</summary>
    private protected ReadOnlySpan<byte> ReadBytes(int length, int largest)
    {
        ThrowIfEnded();
        while (true)
        {
            var buffer = new byte[length];
            try
            {
                return buffer.AsSpan(0, Fd.Read(buffer));
            }
            catch (LinuxException e) when (e.Errno == Errno.EINVAL && length < largest)
            {
                length *= 2;
            }
        }
    }
}
