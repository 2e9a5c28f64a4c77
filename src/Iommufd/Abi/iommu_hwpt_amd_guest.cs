using System.Runtime.CompilerServices;

namespace Devices.Iommufd;

internal struct iommu_hwpt_amd_guest
{
    public InlineArray4<ulong> dte;
}
