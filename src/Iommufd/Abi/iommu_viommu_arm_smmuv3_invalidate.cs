using System.Runtime.CompilerServices;

namespace Devices.Iommufd;

internal struct iommu_viommu_arm_smmuv3_invalidate
{
    public InlineArray2<ulong> cmd;
}
