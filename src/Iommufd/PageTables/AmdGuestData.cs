using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Devices.Iommufd;

/// <summary>The guest's Device Table Entry for an AMD IOMMU: 256 bits, as the guest wrote them.</summary>
/// <param name="Word0">Bits 63:0.</param>
/// <param name="Word1">Bits 127:64.</param>
/// <param name="Word2">Bits 191:128.</param>
/// <param name="Word3">Bits 255:192.</param>
/// <remarks><c>struct iommu_hwpt_amd_guest</c>.</remarks>
public sealed record AmdGuestData(ulong Word0, ulong Word1, ulong Word2, ulong Word3) : HwptData
{
    internal override uint Type => (uint)iommu_hwpt_data_type.IOMMU_HWPT_DATA_AMD_GUEST;

    internal override int Length => Unsafe.SizeOf<iommu_hwpt_amd_guest>();

    internal override void Write(Span<byte> destination)
    {
        var data = default(iommu_hwpt_amd_guest);
        data.dte[0] = Word0;
        data.dte[1] = Word1;
        data.dte[2] = Word2;
        data.dte[3] = Word3;
        MemoryMarshal.Write(destination, data);
    }
}
