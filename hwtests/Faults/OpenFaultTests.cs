using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Faults;

/// <summary>A device opened, bound and attached by each back end, with each of the allocations in the kernel failing in turn.</summary>
/// <remarks>
/// The device is QEMU's ivshmem, which has no interrupt pin: to enable one that has, Linux 7.3 asks the firmware's tables where the pin
/// leads, and its interpreter of those (ACPICA) does not survive an allocation of its own that fails.
/// </remarks>
[Guest("card")]
public abstract class OpenFaultTests : IDisposable
{
    private readonly IommuMode _mode;
    private readonly PciFunction _function = PciFunction.Open(PciAddress.Parse(Rig.ById(BoundDevice.SharedMemoryIds)[0]));

    private protected OpenFaultTests(IommuMode mode)
    {
        _mode = mode;
        using (var config = _function.OpenConfigSpace()) Skip.IfNot(config.ReadByte(PciRegs.PCI_INTERRUPT_PIN) == 0, "the device has an interrupt pin");
        new DriverBinding().Bind(_function, "vfio-pci");
    }

    public void Dispose()
    {
        new DriverBinding().Unbind(_function);
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public void A_device_is_opened_and_attached()
        => FaultSweep.Run(undo =>
        {
            var iommu = undo.Keep(VfioIommu.Open(_mode));
            var attachment = iommu.Attach(_function);
            undo.Keep(attachment.Device);
            Assert.Equal(_function.VendorId, attachment.Device.ConfigSpace.ReadUInt16(PciRegs.PCI_VENDOR_ID));
        }, _mode switch
        {
            IommuMode.Iommufd => ["open", "IOMMU_IOAS_ALLOC", "VFIO_DEVICE_BIND_IOMMUFD", "VFIO_DEVICE_ATTACH_IOMMUFD_PT"],
            IommuMode.Type1 or IommuMode.Type1v2 => ["open", "VFIO_SET_IOMMU", "VFIO_GROUP_GET_DEVICE_FD"],
            // An iommufd makes its address space when it gets the group.
            _ => ["open", "VFIO_GROUP_SET_CONTAINER", "VFIO_GROUP_GET_DEVICE_FD"],
        });

    public sealed class OnType1() : OpenFaultTests(IommuMode.Type1);

    public sealed class OnType1v2() : OpenFaultTests(IommuMode.Type1v2);

    public sealed class OnIommufdCompatType1() : OpenFaultTests(IommuMode.IommufdCompatType1);

    public sealed class OnIommufdCompatType1v2() : OpenFaultTests(IommuMode.IommufdCompatType1v2);

    public sealed class OnIommufd() : OpenFaultTests(IommuMode.Iommufd);
}
