using Devices.HwTests.Vfio;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Faults;

/// <summary>The set-up of a device by each back end, with each of its allocations in the kernel failing in turn.</summary>
public abstract class BackEndFaultTests(IommuMode mode) : IDisposable
{
    private static readonly ulong Page = (ulong)PageSize.Bytes;
    private static readonly Iova At = new(0x40_0000);
    private readonly PciFunction _function = Bound();

    public void Dispose()
    {
        new DriverBinding().Unbind(_function);
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public void Memory_is_mapped_and_unmapped()
    {
        using var iommu = VfioIommu.Open(mode);
        using var device = iommu.Attach(_function).Device;
        FaultSweep.Run(undo =>
        {
            undo.Keep(DmaMemory.Allocate(iommu.Mapper, "shared", 4 * Page, At));
            var memory = undo.Keep(MemoryMapping.Anonymous((nuint)Page));
            undo.Keep(iommu.Mapper.Map(memory, null, DmaAccess.ReadWrite));
        }, mode == IommuMode.Iommufd ? ["memfd_create", "mmap", "IOMMU_IOAS_MAP_FILE", "IOMMU_IOAS_MAP"] : ["memfd_create", "mmap", "VFIO_IOMMU_MAP_DMA"]);
    }

    [SkippableFact]
    public void Registers_are_mapped_and_interrupts_armed()
    {
        using var iommu = VfioIommu.Open(mode);
        using var device = iommu.Attach(_function).Device;
        FaultSweep.Run(undo =>
        {
            undo.Keep(device.Bars[0].Map());
            var eventFd = undo.Keep(EventFd.Create());
            undo.Later(device.Interrupts.DisableAll);
            device.Interrupts.Intx.Enable(eventFd);
            device.Interrupts.Intx.UnmaskOn(eventFd);
            device.Interrupts.Intx.Disable();
            device.Interrupts.Msi.Enable(eventFd);
            device.Interrupts.Error.Enable(eventFd);
            device.Interrupts.Request.Enable(eventFd);
        }, ["mmap", "eventfd", "VFIO_DEVICE_SET_IRQS"]);
    }

    private static PciFunction Bound()
    {
        var function = BoundDevice.EduFunction();
        new DriverBinding().Bind(function, "vfio-pci");
        return function;
    }

    public sealed class OnType1() : BackEndFaultTests(IommuMode.Type1);

    public sealed class OnType1v2() : BackEndFaultTests(IommuMode.Type1v2);

    public sealed class OnIommufdCompatType1() : BackEndFaultTests(IommuMode.IommufdCompatType1);

    public sealed class OnIommufdCompatType1v2() : BackEndFaultTests(IommuMode.IommufdCompatType1v2);

    public sealed class OnIommufd() : BackEndFaultTests(IommuMode.Iommufd);
}
