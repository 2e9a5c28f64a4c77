namespace Devices.Iommufd;

/// <summary>
/// The kind of a hardware queue (<c>enum iommu_hw_queue_type</c>). Other values are given to the kernel as they are, for IOMMUs newer than
/// this library.
/// </summary>
public enum HardwareQueueType : uint
{
    /// <summary>None: the kernel's value for future use.</summary>
    None = 0,
    /// <summary>A command queue of NVIDIA's Tegra241 CMDQV: base aligned to its length, a power of two from 32 bytes on.</summary>
    Tegra241Cmdqv = 1,
}
