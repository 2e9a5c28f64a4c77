using System.Runtime.InteropServices;
using Devices.HwTests.Vfio;
using Devices.Iommufd;
using Devices.Linux;

namespace Devices.HwTests.Iommufd;

/// <summary>What IOMMUs say of themselves: the emulated VT-d and the kernel's mock.</summary>
public sealed class HardwareInfoTests
{
    [SkippableFact]
    public void A_vt_d_gives_its_registers()
    {
        using var bound = BoundDevice.Edu();
        var id = bound.Device.IommufdDeviceId!.Value;
        var info = bound.Context.ReadHardwareInfo(id);
        Assert.Equal((HardwareInfoType.IntelVtd, 0), (info.Type, info.PasidBits));
        var data = Assert.IsType<VtdHardwareData>(info.Data);
        var iommu = Directory.GetDirectories("/sys/class/iommu").Single(path => Path.GetFileName(path).StartsWith("dmar", StringComparison.Ordinal));
        Assert.Equal(File.ReadAllText($"{iommu}/intel-iommu/cap").Trim(), data.Capability.ToString("x"));
        Assert.Equal(File.ReadAllText($"{iommu}/intel-iommu/ecap").Trim(), data.ExtendedCapability.ToString("x"));
        Assert.Equal(24, info.Bytes.Length);
        Assert.Equal(data, bound.Context.ReadHardwareInfo(id, HardwareInfoType.IntelVtd).Data);

        var refused = Assert.Throws<LinuxException>(() => bound.Context.ReadHardwareInfo(id, HardwareInfoType.Amd));
        Assert.Equal((Errno.EOPNOTSUPP, "IOMMU_GET_HW_INFO"), (refused.Errno, refused.Call));
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => bound.Context.ReadHardwareInfo(0xffff)).Errno);
    }

    [Fact]
    public void An_unknown_iommu_gives_bytes()
    {
        using var context = IommuContext.Open();
        using var device = new MockDevice(context.CreateIoas(), MockDevice.WithPasid);
        var info = context.ReadHardwareInfo(device.Id);
        Assert.Equal((HardwareInfoType)MockDevice.HardwareInfo, info.Type);
        Assert.Null(info.Data);
        Assert.Equal(MockDevice.HardwareRegister, MemoryMarshal.Read<uint>(info.Bytes.Span[4..]));
        Assert.Equal(20, info.PasidBits);
        Assert.True(info.Capabilities.HasFlag(IommuCapabilities.DirtyTracking | IommuCapabilities.AtsNotSupported));

        using var plain = new MockDevice(context.CreateIoas(), MockDevice.NoDirtyTracking);
        info = context.ReadHardwareInfo(plain.Id, (HardwareInfoType)MockDevice.HardwareInfo);
        Assert.Equal((0, IommuCapabilities.AtsNotSupported), (info.PasidBits, info.Capabilities));
        Assert.Equal(Errno.EOPNOTSUPP, Assert.Throws<LinuxException>(() => context.ReadHardwareInfo(plain.Id, HardwareInfoType.IntelVtd)).Errno);
    }
}
