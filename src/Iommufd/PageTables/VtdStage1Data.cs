using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Devices.Iommufd;

/// <summary>A first-stage page table for Intel VT-d in scalable mode.</summary>
/// <param name="PageTable">The address of its root, where the parent maps it.</param>
/// <param name="AddressWidth">The width of input addresses in bits: 48, or 57 with five levels.</param>
/// <param name="Flags">Attributes.</param>
/// <remarks><c>struct iommu_hwpt_vtd_s1</c>.</remarks>
public sealed record VtdStage1Data(Iova PageTable, int AddressWidth, VtdStage1Flags Flags = VtdStage1Flags.None) : HwptData
{
    internal override uint Type => (uint)iommu_hwpt_data_type.IOMMU_HWPT_DATA_VTD_S1;

    internal override int Length => Unsafe.SizeOf<iommu_hwpt_vtd_s1>();

    internal override void Write(Span<byte> destination)
        => MemoryMarshal.Write(destination, new iommu_hwpt_vtd_s1 { flags = (ulong)Flags, pgtbl_addr = PageTable.Value, addr_width = (uint)AddressWidth });
}
