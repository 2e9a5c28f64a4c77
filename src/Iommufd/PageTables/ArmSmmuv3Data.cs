using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Devices.Iommufd;

/// <summary>The guest's Stream Table Entry for ARM SMMUv3 (its specification, 5.2): translate, bypass or abort.</summary>
/// <param name="Word0">Bits 63:0. The kernel accepts V, Cfg, S1Fmt, S1ContextPtr, S1CDMax and answers EIO to others.</param>
/// <param name="Word1">Bits 127:64. The kernel accepts EATS, S1DSS, S1CIR, S1COR, S1CSH, S1STALLD.</param>
/// <remarks><c>struct iommu_hwpt_arm_smmuv3</c>.</remarks>
public sealed record ArmSmmuv3Data(ulong Word0, ulong Word1) : HwptData
{
    internal override uint Type => (uint)iommu_hwpt_data_type.IOMMU_HWPT_DATA_ARM_SMMUV3;

    internal override int Length => Unsafe.SizeOf<iommu_hwpt_arm_smmuv3>();

    internal override void Write(Span<byte> destination)
    {
        var data = default(iommu_hwpt_arm_smmuv3);
        data.ste[0] = Word0;
        data.ste[1] = Word1;
        MemoryMarshal.Write(destination, data);
    }
}
