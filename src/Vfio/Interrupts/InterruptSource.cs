using System.Buffers;
using System.Runtime.InteropServices;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>The interrupts of one index of a device, and the calls of <c>VFIO_DEVICE_SET_IRQS</c> that they share.</summary>
/// <remarks>Not to be derived from outside.</remarks>
public abstract class InterruptSource
{
    private readonly VfioDevice _device;
    private readonly string _kind;
    private VfioInterruptInfo? _info;

    private protected InterruptSource(VfioDevice device, int index, string kind)
    {
        _device = device;
        _kind = kind;
        Index = index;
    }

    /// <summary>Its index in <c>VFIO_DEVICE_SET_IRQS</c>.</summary>
    public int Index { get; }

    /// <summary>Whether it was armed through this object.</summary>
    public bool IsEnabled { get; private protected set; }

    /// <summary>What the device has of this kind: asked once.</summary>
    /// <remarks><c>VFIO_DEVICE_GET_IRQ_INFO</c>.</remarks>
    /// <exception cref="LinuxException">The call failed.</exception>
    public VfioInterruptInfo Info
    {
        get
        {
            _device.ThrowIfEnded();
            return _info ??= VfioInterruptInfo.Query(_device, Index);
        }
    }

    private protected VfioDevice Device => _device;

    private protected string Subject => $"{_device.Name} {_kind}";

    /// <summary>Disarms all of this kind that was armed through this object; nothing if nothing was.</summary>
    /// <remarks><c>VFIO_DEVICE_SET_IRQS</c> with <c>DATA_NONE | ACTION_TRIGGER</c> and count 0.</remarks>
    /// <exception cref="LinuxException">The call failed.</exception>
    public void Disable()
    {
        if (!IsEnabled) return;
        _device.ThrowIfEnded();
        var errno = TrySet(Triggering(vfio_irq_set_flags.VFIO_IRQ_SET_DATA_NONE), 0, 0, [], out _);
        if (errno != Errno.None) throw Failure(errno);
        Forget();
    }

    /// <summary>
    /// Disarms what an earlier holder of the device may have armed: EINVAL only says that it did not, ENOTTY that its driver has none.
    /// </summary>
    internal void DisableInherited()
    {
        var errno = TrySet(Triggering(vfio_irq_set_flags.VFIO_IRQ_SET_DATA_NONE), 0, 0, [], out _);
        if (errno is not (Errno.None or Errno.EINVAL or Errno.ENOTTY)) throw Failure(errno);
        Forget();
    }

    internal virtual void Forget() => IsEnabled = false;

    private protected static vfio_irq_set_flags Triggering(vfio_irq_set_flags data) => data | vfio_irq_set_flags.VFIO_IRQ_SET_ACTION_TRIGGER;

    private protected LinuxException Failure(Errno errno, string? remedy = null) => VfioIoctl.Failure(errno, vfio_irq_set.Name, Subject, remedy);

    private protected void Set(vfio_irq_set_flags flags, int start, int count)
    {
        _device.ThrowIfEnded();
        var errno = TrySet(flags, start, count, [], out _);
        if (errno != Errno.None) throw Failure(errno);
    }

    /// <summary>Hands eventfds to the kernel, which takes its own reference to each. -1 stands for none.</summary>
    private protected void SetEventFds(vfio_irq_set_flags action, int start, ReadOnlySpan<EventFd?> eventFds)
    {
        _device.ThrowIfEnded();
        var numbers = new int[eventFds.Length];
        var held = new List<FileDescriptor>(eventFds.Length);
        try
        {
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = -1;
                if (eventFds[i] is not { } eventFd) continue;
                // Each number must stay that eventfd until the call is over; a lease cannot be kept in a list.
                var added = false;
                eventFd.Fd.DangerousAddRef(ref added);
                held.Add(eventFd.Fd);
                using var lease = eventFd.Fd.Lease();
                numbers[i] = lease.Number;
            }

            var errno = TrySet(vfio_irq_set_flags.VFIO_IRQ_SET_DATA_EVENTFD | action, start, numbers.Length, MemoryMarshal.AsBytes(numbers.AsSpan()), out var available);
            if (errno != Errno.None) throw Failure(errno);
            // A positive answer is no success: it says how many vectors could have been had.
            if (available > 0) throw Failure(Errno.ENOSPC, $"The host could give {available} of the {start + numbers.Length} vectors: ask for fewer.");
        }
        finally
        {
            foreach (var fd in held) fd.DangerousRelease();
        }
    }

    private unsafe Errno TrySet(vfio_irq_set_flags flags, int start, int count, ReadOnlySpan<byte> data, out int result)
    {
        var size = sizeof(vfio_irq_set) + data.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var set = new vfio_irq_set { argsz = (uint)size, flags = (uint)flags, index = (uint)Index, start = (uint)start, count = (uint)count };
            MemoryMarshal.Write(buffer, set);
            data.CopyTo(buffer.AsSpan(sizeof(vfio_irq_set)));
            return Ioctl.TryBuffer<vfio_irq_set>(_device.Fd, buffer.AsSpan(0, size), out result);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _device.Announce(ConfigSpaceEvent.InterruptsSet);
        }
    }
}
