using Devices.Linux;

namespace Devices.Vfio;

/// <summary>A container takes no more mappings: the kernel limits their number.</summary>
public sealed class MappingLimitException : LinuxException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="subject">The mapping that was refused.</param>
    /// <param name="mappings">How many the container has.</param>
    public MappingLimitException(string subject, int mappings)
        : base(
            Errno.ENOSPC,
            vfio_iommu_type1_dma_map.Name,
            subject,
            $"The container has {mappings} mappings, and its limit allows no more: join what is contiguous into fewer mappings, or raise vfio_iommu_type1.dma_entry_limit "
                + "(for containers opened from then on), or use an iommufd, which has no such limit.")
        => Mappings = mappings;

    /// <summary>How many mappings were made through the container's object, and are there.</summary>
    public int Mappings { get; }
}
