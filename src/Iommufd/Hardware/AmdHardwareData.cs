namespace Devices.Iommufd;

/// <summary>Registers of an AMD IOMMU (<c>struct iommu_hw_info_amd</c>).</summary>
/// <remarks>Of EFR a guest may be shown GTSup, GASup, GioSup, PPRSup, EPHSup, GATS, GLX and PASmax.</remarks>
public sealed record AmdHardwareData : IommuHardwareData
{
    internal AmdHardwareData(iommu_hw_info_amd data) => (Efr, Efr2) = (data.efr, data.efr2);

    /// <summary>The Extended Feature Register (MMIO offset 0x30).</summary>
    public ulong Efr { get; }

    /// <summary>The Extended Feature 2 Register (MMIO offset 0x1a0).</summary>
    public ulong Efr2 { get; }
}
