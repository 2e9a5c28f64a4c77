using Devices.Linux;

namespace Devices.Vfio;

/// <summary>The message-signalled interrupts of a device, MSI or MSI-X, each delivered to an eventfd. For one owner.</summary>
/// <remarks>Of INTx, MSI and MSI-X one kind at most is armed at a time.</remarks>
public sealed class InterruptVectors : InterruptSource
{
    private EventFd?[] _vectors = [];

    internal InterruptVectors(VfioDevice device, int index, string kind)
        : base(device, index, kind)
    {
    }

    /// <summary>How many vectors the device has; 0 if it has none of this kind.</summary>
    public int Count => Info.Count;

    /// <summary>Whether vectors beyond those enabled first can be armed later (dynamic MSI-X).</summary>
    public bool IsResizable => !Info.Flags.HasFlag(VfioInterruptFlags.NoResize);

    /// <summary>The eventfd of each vector up to the last one enabled; null where there is none. Empty while disabled.</summary>
    public IReadOnlyList<EventFd?> Vectors => _vectors;

    /// <summary>Arms the vectors from 0 on, each with its eventfd; those that are null raise nothing.</summary>
    /// <param name="eventFds">One for each vector; they stay the caller's, and the kernel keeps what it needs of them.</param>
    /// <remarks>
    /// <c>VFIO_DEVICE_SET_IRQS</c> with <c>DATA_EVENTFD | ACTION_TRIGGER</c>. Afterwards <see cref="TriggerAll"/> makes up for interrupts
    /// that a device in operation raised while nothing was armed.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">None, or more than <see cref="Count"/>.</exception>
    /// <exception cref="InvalidOperationException">Interrupts are armed already.</exception>
    /// <exception cref="LinuxException">ENOSPC: the host has too few vectors left. EINVAL: another process armed another kind.</exception>
    public void Enable(params ReadOnlySpan<EventFd?> eventFds)
    {
        if (eventFds.IsEmpty || eventFds.Length > Count)
            throw new ArgumentOutOfRangeException(nameof(eventFds), $"{eventFds.Length} vectors cannot be enabled: {Subject} has {Count}.");
        Device.Interrupts.BeforeEnabling(this);
        SetEventFds(vfio_irq_set_flags.VFIO_IRQ_SET_ACTION_TRIGGER, 0, eventFds);
        _vectors = eventFds.ToArray();
        IsEnabled = true;
    }

    /// <summary>Gives one vector another eventfd, or none.</summary>
    /// <param name="vector">The vector: one of those enabled, or any if <see cref="IsResizable"/>.</param>
    /// <param name="eventFd">The eventfd, or null to disarm the vector.</param>
    /// <remarks>
    /// <c>VFIO_DEVICE_SET_IRQS</c> with count 1; other vectors are not disturbed. Have the device stop raising a vector before it is
    /// disarmed: the kernel clears its message, and MSI without per-vector masking (unlike MSI-X) then sends it to IOVA 0. Where nothing
    /// is mapped at 0, and <see cref="Devices.Iommufd.IovaAllocator"/> never puts anything there, the IOMMU blocks that.
    /// </remarks>
    /// <exception cref="InvalidOperationException">Nothing is enabled.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The device has no such vector, or it was not enabled and cannot be now.</exception>
    /// <exception cref="LinuxException">The call failed; the vector is disarmed then.</exception>
    public void Set(int vector, EventFd? eventFd)
    {
        ThrowIfDisabled();
        var limit = IsResizable ? Count : _vectors.Length;
        if (vector < 0 || vector >= limit)
            throw new ArgumentOutOfRangeException(nameof(vector), $"{Subject}: vector {vector} is not among the {limit} that can be set; disable and enable with more.");
        SetEventFds(vfio_irq_set_flags.VFIO_IRQ_SET_ACTION_TRIGGER, vector, [eventFd]);
        if (vector >= _vectors.Length) Array.Resize(ref _vectors, vector + 1);
        _vectors[vector] = eventFd;
    }

    /// <summary>Signals a vector's eventfd as if the device had raised it.</summary>
    /// <param name="vector">A vector with an eventfd.</param>
    /// <remarks><c>VFIO_DEVICE_SET_IRQS</c> with <c>DATA_NONE | ACTION_TRIGGER</c>: the kernel's loopback.</remarks>
    /// <exception cref="InvalidOperationException">Nothing is enabled, or the vector has no eventfd: the kernel would ignore it silently.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No such vector.</exception>
    /// <exception cref="LinuxException">The call failed.</exception>
    public void Trigger(int vector)
    {
        ThrowIfDisabled();
        ArgumentOutOfRangeException.ThrowIfNegative(vector);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(vector, _vectors.Length);
        if (_vectors[vector] is null) throw new InvalidOperationException($"{Subject}: vector {vector} has no eventfd to signal.");
        Set(Triggering(vfio_irq_set_flags.VFIO_IRQ_SET_DATA_NONE), vector, 1);
    }

    /// <summary>Signals the eventfd of every armed vector once: what a restored driver needs, since interrupts may have been lost.</summary>
    /// <remarks><c>VFIO_DEVICE_SET_IRQS</c> with <c>DATA_NONE | ACTION_TRIGGER</c>.</remarks>
    /// <exception cref="InvalidOperationException">Nothing is enabled.</exception>
    /// <exception cref="LinuxException">The call failed.</exception>
    public void TriggerAll()
    {
        ThrowIfDisabled();
        Set(Triggering(vfio_irq_set_flags.VFIO_IRQ_SET_DATA_NONE), 0, _vectors.Length);
    }

    internal override void Forget()
    {
        base.Forget();
        _vectors = [];
    }

    private void ThrowIfDisabled()
    {
        Device.ThrowIfEnded();
        if (!IsEnabled) throw new InvalidOperationException($"{Subject} is not enabled.");
    }
}
