using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>A device taken for one test by one of the back ends: on vfio-pci, opened and attached; given back as it was found.</summary>
internal sealed class BackEndDevice : IDisposable
{
    private readonly BorrowedFunction _borrowed;
    private readonly EventFds _eventFds = new();

    internal BackEndDevice(PciFunction function, IommuMode mode)
    {
        _borrowed = new BorrowedFunction(function);
        Iommu = VfioIommu.Open(mode);
        Attachment = Iommu.Attach(function);
    }

    internal PciFunction Function => _borrowed.Function;

    internal VfioIommu Iommu { get; }

    internal DmaAttachment Attachment { get; }

    internal DmaMemory? Memory { get; private set; }

    internal VfioDevice Device => Attachment.Device;

    internal IDmaMapper Mapper => Attachment.Mapper;

    internal static BackEndDevice Edu(IommuMode mode) => new(BoundDevice.EduFunction(), mode);

    internal static BackEndDevice Nvme(IommuMode mode) => new(BoundDevice.NvmeFunction(), mode);

    internal static BackEndDevice Igb(IommuMode mode) => new(BoundDevice.IgbFunction(), mode);

    internal EventFd NewEventFd() => _eventFds.New();

    internal InterruptVectors Arm(InterruptVectors vectors, int count) => _eventFds.Arm(vectors, count);

    /// <summary>Memory for the device; the end of its address space is the end of its mapping.</summary>
    internal DmaMemory Allocate(ulong length, ulong iova) => Memory = DmaMemory.Allocate(Mapper, "driver", length, new Iova(iova));

    /// <summary>All that the mapper has, unmapped by one call.</summary>
    internal ulong UnmapAll() => Mapper is Ioas ioas ? ioas.UnmapAll() : ((VfioContainer)Mapper).UnmapAll();

    public void Dispose()
    {
        Device.Dispose();
        Iommu.Dispose();
        _eventFds.Dispose();
        _borrowed.Dispose();
    }
}
