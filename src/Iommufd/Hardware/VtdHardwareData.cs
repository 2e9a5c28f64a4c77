namespace Devices.Iommufd;

/// <summary>Registers of an Intel VT-d (<c>struct iommu_hw_info_vtd</c>).</summary>
public sealed record VtdHardwareData : IommuHardwareData
{
    internal VtdHardwareData(iommu_hw_info_vtd data)
    {
        NoReadOnlyBelowNested = (data.flags & (uint)iommu_hw_info_vtd_flags.IOMMU_HW_INFO_VTD_ERRATA_772415_SPR17) != 0;
        (Capability, ExtendedCapability) = (data.cap_reg, data.ecap_reg);
    }

    /// <summary>Read-only mappings are not allowed below a nested page table (erratum 772415).</summary>
    public bool NoReadOnlyBelowNested { get; }

    /// <summary>The Capability Register (VT-d specification, 11.4.2).</summary>
    public ulong Capability { get; }

    /// <summary>The Extended Capability Register (11.4.3).</summary>
    public ulong ExtendedCapability { get; }
}
