namespace Devices.Iommufd;

/// <summary>A command of an ARM SMMUv3's queue: 128 bits, as the guest wrote them.</summary>
/// <param name="Word0">Bits 63:0; the opcode is bits 7:0.</param>
/// <param name="Word1">Bits 127:64.</param>
/// <remarks>
/// <c>struct iommu_viommu_arm_smmuv3_invalidate</c>. Accepted are TLBI_NSNH_ALL, TLBI_NH_VA, TLBI_NH_VAA, TLBI_NH_ALL, TLBI_NH_ASID, ATC_INV,
/// CFGI_CD and CFGI_CD_ALL; others get EIO.
/// </remarks>
public readonly record struct ArmSmmuv3Command(ulong Word0, ulong Word1)
{
    internal iommu_viommu_arm_smmuv3_invalidate ToAbi()
    {
        var command = default(iommu_viommu_arm_smmuv3_invalidate);
        command.cmd[0] = Word0;
        command.cmd[1] = Word1;
        return command;
    }
}
