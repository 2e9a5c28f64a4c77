namespace Devices.Vfio;

/// <summary>How a container tracks dirty pages (<c>struct vfio_iommu_type1_info_cap_migration</c>).</summary>
/// <param name="PageSizes">The page sizes that a bitmap can have, as a bitmap: bit n for 2^n bytes.</param>
/// <param name="LargestBitmap">The largest bitmap that can be asked for, in bytes.</param>
public sealed record ContainerMigrationInfo(ulong PageSizes, ulong LargestBitmap);
