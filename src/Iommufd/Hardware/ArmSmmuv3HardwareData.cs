namespace Devices.Iommufd;

/// <summary>Registers of an ARM SMMUv3 (<c>struct iommu_hw_info_arm_smmuv3</c>; its specification, 6.3.1 to 6.3.6).</summary>
/// <remarks>
/// Only these fields may be used: IDR0 ST_LEVEL, TERM_MODEL, STALL_MODEL, TTENDIAN, CD2L, ASID16, TTF; IDR1 SIDSIZE, SSIDSIZE; IDR3 BBML,
/// RIL; IDR5 VAX, GRAN64K, GRAN16K, GRAN4K, DS.
/// </remarks>
public sealed record ArmSmmuv3HardwareData : IommuHardwareData
{
    internal ArmSmmuv3HardwareData(iommu_hw_info_arm_smmuv3 data)
    {
        RepeatInvalidations = (data.flags & (uint)iommu_hw_info_arm_smmuv3_flags.IOMMU_HW_INFO_ARM_SMMUV3_ERRATA_REPEAT_TLBI_CFGI) != 0;
        ReadOnlySpan<uint> registers = data.idr;
        Idr = registers.ToArray();
        (Iidr, Aidr) = (data.iidr, data.aidr);
    }

    /// <summary>TLBI and CFGI commands must be given twice (erratum T264-SMMU-3).</summary>
    public bool RepeatInvalidations { get; }

    /// <summary>IDR0 to IDR5.</summary>
    public IReadOnlyList<uint> Idr { get; }

    /// <summary>IIDR: the implementation.</summary>
    public uint Iidr { get; }

    /// <summary>AIDR: the version of the architecture.</summary>
    public uint Aidr { get; }
}
