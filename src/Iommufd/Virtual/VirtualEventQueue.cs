using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>Events of a vIOMMU for its guest, of one kind: made by <see cref="Viommu.CreateEventQueue"/>.</summary>
public sealed class VirtualEventQueue : EventQueue
{
    private const int UsualEvents = 64;
    private readonly VirtualEventReader _reader;

    internal VirtualEventQueue(Viommu viommu, uint id, FileDescriptor fd, VirtualEventType type)
        : base(viommu.Context, id, fd, viommu)
    {
        Viommu = viommu;
        Type = type;
        _reader = new VirtualEventReader(type.EventLength);
    }

    /// <summary>The vIOMMU that it belongs to.</summary>
    public Viommu Viommu { get; }

    /// <summary>The kind of its events.</summary>
    public VirtualEventType Type { get; }

    private protected override string Kind => "event queue";

    /// <summary>Takes the events that are there, without waiting.</summary>
    /// <returns>The events, oldest first; empty if there is none.</returns>
    /// <remarks><c>read(2)</c> of <c>struct iommufd_vevent_header</c> and data.</remarks>
    /// <exception cref="LinuxException">The read failed.</exception>
    public IReadOnlyList<VirtualEvent> Read()
    {
        var length = UsualEvents * (VirtualEventReader.HeaderLength + Type.EventLength);
        return _reader.Parse(ReadBytes(length, length));
    }
}
