using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Devices.Iommufd;

/// <summary>Registers of an IOMMU that tell a guest's IOMMU what it may offer.</summary>
public abstract record IommuHardwareData
{
    private protected IommuHardwareData()
    {
    }

    internal static IommuHardwareData? Parse(HardwareInfoType type, ReadOnlySpan<byte> data) => type switch
    {
        HardwareInfoType.IntelVtd => new VtdHardwareData(Read<iommu_hw_info_vtd>(data)),
        HardwareInfoType.ArmSmmuv3 => new ArmSmmuv3HardwareData(Read<iommu_hw_info_arm_smmuv3>(data)),
        HardwareInfoType.Tegra241Cmdqv => new Tegra241CmdqvHardwareData(Read<iommu_hw_info_tegra241_cmdqv>(data)),
        HardwareInfoType.Amd => new AmdHardwareData(Read<iommu_hw_info_amd>(data)),
        _ => null,
    };

    // An older kernel may know a shorter struct, a newer one a longer: what is missing is 0.
    private static T Read<T>(ReadOnlySpan<byte> data)
        where T : unmanaged
    {
        var value = default(T);
        data[..Math.Min(data.Length, Unsafe.SizeOf<T>())].CopyTo(MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }
}
