namespace Devices.Vfio;

/// <summary>
/// A write to a register that the kernel makes whenever an eventfd is signalled, without this process: a doorbell that a VM rings
/// through KVM, say. For one owner.
/// </summary>
/// <remarks>
/// <c>VFIO_DEVICE_IOEVENTFD</c>, since Linux 4.17. The kernel takes the eventfd's count: who else reads it finds nothing. While the
/// device does not decode memory the write is dropped silently.
/// </remarks>
public sealed class IoEventFd : IDisposable
{
    private readonly Bar _bar;
    private readonly uint _width;
    private bool _ended;

    internal IoEventFd(Bar bar, ulong offset, ulong value, uint width)
    {
        _bar = bar;
        _width = width;
        Offset = offset;
        Value = value;
    }

    /// <summary>The register, in bytes from the BAR's start.</summary>
    public ulong Offset { get; }

    /// <summary>What is written.</summary>
    public ulong Value { get; }

    /// <summary>Ends it. The device's disposal does that too; leaving the device leaves it in force.</summary>
    /// <exception cref="Devices.Linux.LinuxException">The call failed.</exception>
    public void Dispose()
    {
        if (_ended) return;
        _bar.Remove(this);
        _ended = true;
    }

    internal uint Width => _width;

    internal void End() => _ended = true;
}
