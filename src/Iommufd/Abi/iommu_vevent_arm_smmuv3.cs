using System.Runtime.CompilerServices;

namespace Devices.Iommufd;

internal struct iommu_vevent_arm_smmuv3
{
    public InlineArray4<ulong> evt;
}
