using System.Runtime.CompilerServices;

namespace Devices.Iommufd;

/// <summary>The kind of a vIOMMU's events, and how long one is: the kernel does not tell.</summary>
public readonly record struct VirtualEventType
{
    // Far above any known event.
    private const int LargestEvent = 4096;

    /// <summary>A kind that this library does not know, for IOMMUs newer than it.</summary>
    /// <param name="value">Its number in <c>enum iommu_veventq_type</c>, not 0.</param>
    /// <param name="eventLength">The length of an event's data in bytes, 1 to 4096.</param>
    /// <exception cref="ArgumentOutOfRangeException">0, or a length out of bounds.</exception>
    public VirtualEventType(uint value, int eventLength)
    {
        ArgumentOutOfRangeException.ThrowIfZero(value);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(eventLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(eventLength, LargestEvent);
        (Value, EventLength) = (value, eventLength);
    }

    /// <summary>Event records of an ARM SMMUv3 (its specification, 7.3), 256 bits, with virtual Stream IDs.</summary>
    public static VirtualEventType ArmSmmuv3 { get; } =
        new((uint)iommu_veventq_type.IOMMU_VEVENTQ_TYPE_ARM_SMMUV3, Unsafe.SizeOf<iommu_vevent_arm_smmuv3>());

    /// <summary>Errors of the command queues of NVIDIA's Tegra241 CMDQV: a map of 128 bits.</summary>
    public static VirtualEventType Tegra241Cmdqv { get; } =
        new((uint)iommu_veventq_type.IOMMU_VEVENTQ_TYPE_TEGRA241_CMDQV, Unsafe.SizeOf<iommu_vevent_tegra241_cmdqv>());

    /// <summary>Its number in <c>enum iommu_veventq_type</c>.</summary>
    public uint Value { get; }

    /// <summary>The length of an event's data in bytes.</summary>
    public int EventLength { get; }

    /// <summary>Its number.</summary>
    public override string ToString() => Value.ToString();
}
