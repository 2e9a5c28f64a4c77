using System.Runtime.CompilerServices;

namespace Devices.Iommufd;

internal struct iommu_hw_info_arm_smmuv3
{
    public uint flags;
    public uint __reserved;
    public InlineArray6<uint> idr;
    public uint iidr;
    public uint aidr;
}
