namespace Devices.Iommufd;

/// <summary>A queue in a guest's memory that the IOMMU serves itself: made by <see cref="Viommu.CreateHardwareQueue"/>.</summary>
public sealed class HardwareQueue : IommuObject
{
    internal HardwareQueue(Viommu viommu, HardwareQueue? before, uint id, HardwareQueueType type, uint index, IovaRange range)
        : base(viommu.Context, id, owned: true, before is null ? [viommu] : [viommu, before])
    {
        Viommu = viommu;
        Type = type;
        Index = index;
        Range = range;
    }

    /// <summary>The vIOMMU that it belongs to.</summary>
    public Viommu Viommu { get; }

    /// <summary>Its kind.</summary>
    public HardwareQueueType Type { get; }

    /// <summary>Its number among the vIOMMU's queues of that kind.</summary>
    public uint Index { get; }

    /// <summary>Where it is: IOVAs of the second stage.</summary>
    public IovaRange Range { get; }

    /// <summary>Whether it can still be used.</summary>
    internal bool IsAlive => !HasEnded;

    private protected override string Kind => "hardware queue";
}
