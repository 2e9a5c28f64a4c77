namespace Devices.Iommufd;

/// <summary>NVIDIA's Tegra241 CMDQV (<c>struct iommu_hw_info_tegra241_cmdqv</c>): fields of its PARAM register.</summary>
public sealed record Tegra241CmdqvHardwareData : IommuHardwareData
{
    internal Tegra241CmdqvHardwareData(iommu_hw_info_tegra241_cmdqv data)
        => (Version, Log2Queues, Log2StreamIds) = (data.version, data.log2vcmdqs, data.log2vsids);

    /// <summary>Its version: bits 3:0.</summary>
    public byte Version { get; }

    /// <summary>The binary logarithm of the number of command queues: bits 7:4.</summary>
    public byte Log2Queues { get; }

    /// <summary>The binary logarithm of the number of Stream IDs that it can replace: bits 15:12.</summary>
    public byte Log2StreamIds { get; }
}
