using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>A group of several devices: edu and a virtio-rng behind one bridge.</summary>
[Guest("bridge")]
public sealed class GroupTests : IDisposable
{
    private const string RngIds = "1af4:1005";

    private readonly PciFunction _edu = BoundDevice.EduFunction();
    private readonly PciFunction _rng = PciFunction.Open(PciAddress.Parse(Rig.ById(RngIds)[0]));

    public static TheoryData<IommuMode> Modes => BackEndTests.Modes;

    public GroupTests() => new DriverBinding().Bind(_edu, "vfio-pci");

    public void Dispose()
    {
        new DriverBinding().Unbind(_edu);
        new DriverBinding().BindDefault(_rng);
    }

    [SkippableTheory]
    [InlineData(IommuMode.Type1, "VFIO_GROUP_GET_STATUS")]
    [InlineData(IommuMode.Type1v2, "VFIO_GROUP_GET_STATUS")]
    [InlineData(IommuMode.IommufdCompatType1, "VFIO_GROUP_GET_STATUS")]
    [InlineData(IommuMode.IommufdCompatType1v2, "VFIO_GROUP_GET_STATUS")]
    [InlineData(IommuMode.Iommufd, "VFIO_DEVICE_BIND_IOMMUFD")]
    public void A_group_that_is_not_viable_names_the_devices_at_fault(IommuMode mode, string call)
    {
        using var iommu = VfioIommu.Open(mode);
        var refused = Assert.Throws<GroupNotViableException>(() => iommu.Attach(_edu));
        Assert.Equal((call, Errno.EBUSY, _edu.IommuGroup), (refused.Call, refused.Errno, refused.Group));
        var atFault = Assert.Single(refused.AtFault);
        Assert.Equal((_rng.Address, "virtio-pci"), (atFault.Address, atFault.Driver));
        Assert.Contains(refused.Members, member => member.Address == _edu.Address && !member.IsAtFault);
        Assert.Contains($"{_rng.Address} (virtio-pci)", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"devkeep bind {_rng.Address}", refused.Message, StringComparison.Ordinal);

        // The way out that it names.
        new DriverBinding().Bind(_rng, "vfio-pci");
        using var edu = iommu.Attach(_edu).Device;
        using var rng = iommu.Attach(_rng).Device;
        Assert.Equal(0xEDu, edu.Bars[0].ReadUInt32(Edu.Identification) & 0xFF);
        if (mode == IommuMode.Iommufd) return;
        // The kernel allows a second open by a group, where it does not by the device's own file.
        using var twice = iommu.Attach(_edu).Device;
        Assert.Equal(0xEDu, twice.Bars[0].ReadUInt32(Edu.Identification) & 0xFF);
    }

    [SkippableTheory]
    [MemberData(nameof(Modes))]
    public void Devices_of_a_group_are_opened_together(IommuMode mode)
    {
        new DriverBinding().Bind(_rng, "vfio-pci");
        using var iommu = VfioIommu.Open(mode);
        var rng = iommu.Attach(_rng);
        using var rngDevice = rng.Device;
        var edu = iommu.Attach(_edu);
        using var eduDevice = edu.Device;
        Assert.Same(rng.Mapper, edu.Mapper);
        Assert.Equal(_rng.VendorId, rngDevice.ConfigSpace.ReadUInt16(PciRegs.PCI_VENDOR_ID));
        Assert.Equal(0xEDu, eduDevice.Bars[0].ReadUInt32(Edu.Identification) & 0xFF);
        using var memory = DmaMemory.Allocate(iommu.Mapper, "shared", (ulong)PageSize.Bytes, new Iova(0x40_0000));
        rngDevice.Dispose();
        Assert.False(rng.IsAttached);
        Assert.True(edu.IsAttached);
    }
}
