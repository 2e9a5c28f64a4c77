using System.Runtime.CompilerServices;

namespace Devices.Iommufd;

internal struct iommu_hwpt_arm_smmuv3
{
    public InlineArray2<ulong> ste;
}
